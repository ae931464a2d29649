"""Faults that come over clusters which are running already."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from local_aws.emr import states
from local_aws.emr.cluster import RunningCluster
from local_aws.faults.registry import Faults

KINDS = ("spot-interruption", "worker-killed")


def strike_running(faults: Faults, clusters: Iterable[RunningCluster]) -> None:
    """Let the faults that are ordered happen to the clusters that are up; others meet them when they come up."""
    for cluster in clusters:
        if cluster.state in {"RUNNING", "WAITING"}:
            strike(faults, cluster)


def strike(faults: Faults, cluster: RunningCluster) -> None:
    """Let the faults that are ordered for a running cluster happen to it, at once or each after its delay."""
    actions: dict[str, Callable[[], Any]] = {
        "spot-interruption": lambda: interrupt(cluster),
        "worker-killed": lambda: lose_worker(cluster),
    }
    for kind, action in actions.items():
        fault = faults.take(kind, cluster=(cluster.id, cluster.name))
        if fault and not fault.after:
            action()
        elif fault:
            timer = threading.Timer(fault.after, action)
            timer.daemon = True
            timer.start()


def interrupt(cluster: RunningCluster) -> None:
    """Take the master away: the cluster ends with errors, protected or not."""
    message = f"The master instance ({cluster.master_instance_id}) was terminated by a Spot interruption."
    cluster.end("INSTANCE_FAILURE", message=message, state="TERMINATED_WITH_ERRORS")


def lose_worker(cluster: RunningCluster) -> None:
    """Take one worker away, a Spot instance if there is one, the youngest first; what ran on it is killed."""
    workers = cluster.workers()[::-1]
    if workers and cluster.state not in states.ENDING:
        # one that runs something, then one that is Spot, then the youngest
        lost = max(workers, key=lambda node: (cluster.engine.runs_on(node.ec2_instance_id), node.market == "SPOT"))
        cluster.lose(lost, "Instance was terminated by a Spot interruption.")
