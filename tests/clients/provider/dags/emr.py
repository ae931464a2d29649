"""A cluster, a step that works, a step that does not, and the cluster's end, by the provider's own operators."""

from airflow.providers.amazon.aws.operators.emr import (
    EmrAddStepsOperator,
    EmrCreateJobFlowOperator,
    EmrTerminateJobFlowOperator,
)
from airflow.providers.amazon.aws.sensors.emr import EmrJobFlowSensor, EmrStepSensor
from airflow.providers.amazon.aws.utils.waiter import WaitPolicy
from airflow.sdk import DAG, TriggerRule

from tests.clients.emr_requests import command_step, small_cluster
from tests.clients.provider.dags.modes import CONNECTION, MODES, Mode

QUICKLY = {"waiter_delay": 1, "waiter_max_attempts": 60}


def emr_dag(mode: Mode) -> DAG:
    """Return the workflow in one mode."""
    with DAG(dag_id=f"emr_{mode.name}", schedule=None) as dag:
        create = EmrCreateJobFlowOperator(
            task_id="create",
            emr_conn_id=None,
            job_flow_overrides=small_cluster(name=mode.name),
            wait_policy=WaitPolicy.WAIT_FOR_COMPLETION if mode.operator_waits else None,
            **mode.operating(**QUICKLY),
        )
        cluster = {"job_flow_id": create.output}
        add = EmrAddStepsOperator(
            task_id="add",
            steps=[command_step(f"sleep {mode.seconds}", name="works")],
            wait_for_completion=mode.operator_waits,
            **cluster,
            **mode.operating(**QUICKLY),
        )
        done = EmrStepSensor(task_id="done", step_id="{{ ti.xcom_pull('add')[0] }}", **cluster, **mode.sensing())
        add_bad = EmrAddStepsOperator(
            task_id="add_bad",
            steps=[command_step(f"sleep {mode.seconds}; exit 3", name="fails")],
            aws_conn_id=CONNECTION,
            **cluster,
        )
        bad = EmrStepSensor(task_id="bad", step_id="{{ ti.xcom_pull('add_bad')[0] }}", **cluster, **mode.sensing())
        terminate = EmrTerminateJobFlowOperator(
            task_id="terminate", trigger_rule=TriggerRule.ALL_DONE, **cluster, **mode.operating(**QUICKLY)
        )
        create >> add >> done >> add_bad >> bad >> terminate >> short_cluster(mode)
    return dag


def short_cluster(mode: Mode) -> EmrCreateJobFlowOperator:
    """Return the start of a cluster that ends by itself, which a sensor behind it waits for."""
    start = EmrCreateJobFlowOperator(
        task_id="create_short",
        emr_conn_id=None,
        job_flow_overrides=small_cluster(command_step(f"sleep {mode.seconds}"), keep=False),
        aws_conn_id=CONNECTION,
    )
    ended = EmrJobFlowSensor(
        task_id="short_ended", job_flow_id=start.output, target_states=["TERMINATED"], **mode.sensing()
    )
    start >> ended
    return start


for each in MODES:
    globals()[f"emr_{each.name}"] = emr_dag(each)
