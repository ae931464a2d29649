"""How each fault comes over a run: wait for the moment, then strike."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.harness.run import Run

CREATE, STEP = "create_cluster", "run_step"
AWAY_SECONDS = 5.0
"""How long a part of Airflow stays dead."""
HOLD_SECONDS = 4.0
OUTAGE_SECONDS = 25.0
IDLE_SECONDS = 200.0
"""Longer than the idle timeout of Penstock's clusters on the local AWS, whose minutes are shorter."""


def worker_after_run_job_flow(run: Run) -> None:
    """The cluster is there, and nobody has been told its id."""
    hold_reads(run)
    run.start()
    run.until_cluster()
    run.kill_worker(CREATE)
    run.lane.clear_faults()


def hold_reads(run: Run) -> None:
    """Have the reading calls answered late, so that a worker is caught between two calls."""
    for each in ("Describe*", "List*"):
        run.lane.order("delay", service="emr", operation=each, times=0, seconds=HOLD_SECONDS)


def worker_after_add_steps(run: Run) -> None:
    """The step is queued, and nobody has been told its id."""
    run.start()
    run.until_task(CREATE, "success")
    hold_reads(run)
    run.until_step()
    run.kill_worker(STEP)
    run.lane.clear_faults()


def worker_in_step(run: Run) -> None:
    """The step works, and the worker waits for it."""
    run.start()
    run.until_begun()
    run.kill_worker(STEP)


def triggerer(run: Run) -> None:
    """Whoever waits for the step dies."""
    run.start()
    run.until_task(STEP, "deferred")
    run.until_begun()
    airflow = run.stack.airflow
    run.strike(lambda: airflow.kill_with_children("airflow-triggerer"))
    time.sleep(AWAY_SECONDS)
    airflow.start("airflow-triggerer")


def scheduler(run: Run) -> None:
    """The scheduler dies, its workers live on."""
    _scheduler(run, run.stack.airflow.kill)


def scheduler_with_workers(run: Run) -> None:
    """The scheduler's machine is lost."""
    _scheduler(run, run.stack.airflow.kill_with_children)


def _scheduler(run: Run, kill: Callable[[str], None]) -> None:
    run.start()
    run.until_begun()
    run.strike(lambda: kill("airflow-scheduler"))
    time.sleep(AWAY_SECONDS)
    run.stack.airflow.start("airflow-scheduler")


def bootstrap_failure(run: Run) -> None:
    """The cluster ends before it is ready."""
    run.strike(lambda: run.lane.order("bootstrap-failure"))
    run.start()


def spot_interruption(run: Run) -> None:
    """The cluster ends under the step."""
    run.start()
    run.until_begun()
    run.strike(lambda: run.lane.order("spot-interruption"))


def step_hang(run: Run) -> None:
    """The step neither ends nor works."""
    run.lane.order("step-hang", after=0.5)
    run.start()
    run.until_begun()
    run.strike()


def step_crash(run: Run) -> None:
    """The step is killed from outside, as by the kernel when memory runs out."""
    run.lane.order("step-crash", after=0.5)
    run.start()
    run.until_begun()
    run.strike()


def termination_protection(run: Run) -> None:
    """The cluster may not be terminated any more."""
    run.start()
    run.until_begun()
    cluster = run.until_cluster()
    protect = run.lane.emr.set_termination_protection
    run.strike(lambda: protect(JobFlowIds=[cluster.id], TerminationProtected=True))


def slow_step(run: Run) -> None:
    """The step's own work takes too long."""
    run.start()
    run.until_begun()
    run.strike()


def mark_failed(run: Run) -> None:
    """The button in Airflow's UI."""
    run.start()
    run.until_begun()
    time.sleep(1)  # a deferrable task is on its way to the triggerer
    run.strike(lambda: run.api.fail_run(run.dag_id, run.run_id))


def mark_failed_while_creating(run: Run) -> None:
    """The same button, before the cluster is ready: `until_cluster` sees it within its second of STARTING."""
    run.lane.order("delay", service="emr", operation="DescribeCluster", times=0, seconds=2.0)
    run.start()
    run.until_cluster()
    run.strike(lambda: run.api.fail_run(run.dag_id, run.run_id))


def clear_create(run: Run) -> None:
    """The other button, on a task that has succeeded."""
    _clear(run, CREATE)


def clear_step(run: Run) -> None:
    """The other button, on a task that runs."""
    _clear(run, STEP)


def _clear(run: Run, task_id: str) -> None:
    run.start()
    run.until_begun()
    time.sleep(1)
    run.strike(lambda: run.api.clear(run.dag_id, run.run_id, task_id))


def pause(run: Run) -> None:
    """No task is started any more, the teardown neither; nobody comes back before the idle timeout."""
    run.start()
    run.until_begun()
    run.strike(lambda: run.api.pause(run.dag_id, paused=True))
    deadline = time.monotonic() + IDLE_SECONDS
    while run.clusters_up() and time.monotonic() < deadline:
        time.sleep(0.5)


def unpause(run: Run) -> None:
    """Somebody comes back."""
    run.api.pause(run.dag_id, paused=False)


def s3_unavailable(run: Run) -> None:
    """S3 is gone for a while; EMR is not."""
    run.strike(lambda: run.lane.order("s3-unavailable", seconds=OUTAGE_SECONDS))
    run.start()
