"""The provider's own operators, wired as AWS's and Airflow's examples do."""

from __future__ import annotations

from typing import Any

from airflow.providers.amazon.aws.operators.emr import (
    EmrAddStepsOperator,
    EmrCreateJobFlowOperator,
    EmrTerminateJobFlowOperator,
)
from airflow.sdk import DAG
from shape import PARAMS, PATIENCE, POLL_SECONDS, RETRIES, RETRY_DELAY, Patience, job_flow, step


def plain(lane: str, patience: Patience, *, deferrable: bool) -> DAG:
    """Create, one step, terminate as teardown."""
    dag_id = lane + patience.suffix
    aws: dict[str, Any] = {
        "aws_conn_id": lane,
        "region_name": "us-east-1",
        "deferrable": deferrable,
        "waiter_delay": POLL_SECONDS,
    }
    with DAG(
        dag_id,
        schedule=None,
        params=PARAMS,
        dagrun_timeout=patience.run,
        default_args={"retries": RETRIES, "retry_delay": RETRY_DELAY},
    ) as dag:
        create = EmrCreateJobFlowOperator(
            task_id="create_cluster",
            emr_conn_id=None,
            job_flow_overrides=job_flow(dag_id),
            wait_for_completion=True,
            **aws,
        )
        work = EmrAddStepsOperator(
            task_id="run_step",
            job_flow_id=create.output,
            steps=[step(lane)],
            wait_for_completion=True,
            waiter_max_attempts=200,
            execution_timeout=patience.step,
            retries=patience.step_retries,
            **aws,
        )
        terminate = EmrTerminateJobFlowOperator(task_id="terminate_cluster", job_flow_id=create.output, **aws)
        create >> work >> terminate.as_teardown(setups=create)
    return dag


for _patience in PATIENCE:
    plain("plain_sync", _patience, deferrable=False)
    plain("plain_deferrable", _patience, deferrable=True)
