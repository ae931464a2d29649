"""An EMR Serverless application from its creation to its deletion, by the provider's own operators."""

from airflow.providers.amazon.aws.operators.emr import (
    EmrServerlessCreateApplicationOperator,
    EmrServerlessDeleteApplicationOperator,
    EmrServerlessStartJobOperator,
    EmrServerlessStopApplicationOperator,
)
from airflow.providers.amazon.aws.sensors.emr import EmrServerlessApplicationSensor, EmrServerlessJobSensor
from airflow.sdk import DAG, TriggerRule

from tests.clients.provider.dags.modes import CONNECTION, MODES, Mode

QUICKLY = {"waiter_delay": 1, "waiter_max_attempts": 60}
ROLE = "arn:aws:iam::123456789012:role/any"
LOGS = {"monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": "s3://lake/serverless"}}}


def serverless_dag(mode: Mode) -> DAG:
    """Return the workflow in one mode."""
    waiting = mode.operating(**QUICKLY, wait_for_completion=mode.operator_waits)
    with DAG(dag_id=f"emr_serverless_{mode.name}", schedule=None) as dag:
        create = EmrServerlessCreateApplicationOperator(
            task_id="create",
            release_label="emr-7.1.0",
            job_type="SPARK",
            config={"name": f"provider-{mode.name}"},
            **waiting,
        )
        application = {"application_id": create.output}
        started = EmrServerlessApplicationSensor(task_id="started", **application, **mode.poking())
        run, run_bad = (
            EmrServerlessStartJobOperator(
                task_id=name,
                execution_role_arn=ROLE,
                job_driver={"sparkSubmit": {"entryPoint": f"s3://lake/code/{name}.py"}},
                configuration_overrides=LOGS,
                **application,
                **how,
            )
            for name, how in (("run", {"wait_for_completion": False, "aws_conn_id": CONNECTION}), ("run_bad", waiting))
        )
        ran = EmrServerlessJobSensor(task_id="ran", job_run_id=run.output, **application, **mode.sensing())
        stop = EmrServerlessStopApplicationOperator(
            task_id="stop", force_stop=True, trigger_rule=TriggerRule.ALL_DONE, **application, **waiting
        )
        delete = EmrServerlessDeleteApplicationOperator(task_id="delete", **application, **waiting)
        create >> started >> run >> ran >> run_bad >> stop >> delete
    return dag


for each in MODES:
    globals()[f"emr_serverless_{each.name}"] = serverless_dag(each)
