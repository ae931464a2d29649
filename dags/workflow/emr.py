"""The tasks on EMR: a cluster for one run, the steps on it, and its end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from airflow.providers.amazon.aws.operators.emr import EmrTerminateJobFlowOperator
from airflow.providers.amazon.aws.sensors.emr import EmrJobFlowSensor

from workflow.cluster import job_flow
from workflow.operators.emr import EmrClusterOperator, EmrStepOperator
from workflow.steps import spark_step

if TYPE_CHECKING:
    from penstock.arguments import JobArgs
    from workflow.flow import Flow

CREATE = "create_cluster"
CLUSTER_ID = f"{{{{ ti.xcom_pull(task_ids='{CREATE}') }}}}"
TERMINATION_MINUTES = 15


def create_cluster(flow: Flow) -> EmrClusterOperator:
    """Ask for the cluster of this run, without waiting for it.

    Never retried: an attempt that failed after RunJobFlow has left a cluster behind, and the next would add another.
    The idle timeout ends the first.
    """
    return EmrClusterOperator(
        task_id=CREATE,
        emr_conn_id=None,
        job_flow_overrides=job_flow(
            flow.spec.cluster, deployment=flow.deployment, dag_id=flow.dag_id, run_id="{{ run_id }}"
        ),
        deferrable=False,  # nothing to wait for
        retries=0,
        **flow.aws,
    )


def wait_for_cluster(flow: Flow) -> EmrJobFlowSensor:
    """Until the cluster takes steps; fails as soon as it is ending.

    Never deferred, whatever `operators.default_deferrable` says: the sensor's trigger ignores the target states and
    waits for TERMINATED (provider 9.39.0, EmrJobFlowSensor.execute). Rescheduling gives the worker slot back instead.
    """
    minutes = flow.spec.timeouts.cluster
    return EmrJobFlowSensor(
        task_id="wait_for_cluster",
        job_flow_id=CLUSTER_ID,
        target_states=["RUNNING", "WAITING"],
        failed_states=["TERMINATING", "TERMINATED", "TERMINATED_WITH_ERRORS"],
        deferrable=False,
        mode=flow.sensor_mode,
        poke_interval=flow.deployment.poll_seconds,
        timeout=minutes * 60,
        execution_timeout=timedelta(minutes=minutes),
        retries=0,  # a cluster that has ended does not come back
        **flow.aws,
    )


def run_step(flow: Flow, task_id: str, args: JobArgs, *, label: str, minutes: int) -> EmrStepOperator:
    """Run one Spark job on the cluster and wait for it."""
    step = spark_step(args, code=flow.code, conf=flow.spec.cluster.spark_conf, label=label)
    return EmrStepOperator(
        task_id=task_id,
        job_flow_id=CLUSTER_ID,
        steps=[step],
        wait_for_completion=True,
        waiter_delay=flow.deployment.poll_seconds,
        waiter_max_attempts=flow.attempts(minutes),
        execution_timeout=timedelta(minutes=minutes),
        **flow.aws,
    )


def terminate_cluster(flow: Flow, created: EmrClusterOperator) -> EmrTerminateJobFlowOperator:
    """End the cluster whatever became of the work on it.

    `on_failure_fail_dagrun` stays off: it would make this task the leaf that decides the run, and a run whose work
    failed would count as a success as soon as its cluster ended.
    """
    terminate = EmrTerminateJobFlowOperator(
        task_id="terminate_cluster",
        job_flow_id=CLUSTER_ID,
        waiter_delay=flow.deployment.poll_seconds,
        waiter_max_attempts=flow.attempts(TERMINATION_MINUTES),
        execution_timeout=timedelta(minutes=TERMINATION_MINUTES),
        retries=5,
        **flow.aws,
    )
    terminate.as_teardown(setups=created)
    return terminate
