"""Glue job runs that succeed and fail, and a crawler, by the provider's own operators."""

from typing import Any

from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
from airflow.providers.amazon.aws.operators.glue_crawler import (
    GlueCrawlerCreateOperator,
    GlueCrawlerDeleteOperator,
    GlueCrawlerRunOperator,
)
from airflow.providers.amazon.aws.sensors.glue import GlueJobSensor
from airflow.providers.amazon.aws.sensors.glue_crawler import GlueCrawlerSensor
from airflow.sdk import DAG, TriggerRule

from tests.clients.provider.dags.modes import CONNECTION, MODES, Mode

ROLE = "arn:aws:iam::123456789012:role/any"


def job(mode: Mode, name: str, *, code: int, **waiting: Any) -> GlueJobOperator:
    """Return the run of a job that ends with that exit code."""
    return GlueJobOperator(
        task_id=name,
        job_name=f"{mode.name}_{name}",
        script_location="s3://lake/code/sleep_and_exit.py",
        iam_role_arn=ROLE,
        create_job_kwargs={"GlueVersion": "5.0", "WorkerType": "G.1X", "NumberOfWorkers": 2},
        script_args={"--seconds": str(mode.seconds), "--code": str(code)},
        aws_conn_id=CONNECTION,
        **waiting,
    )


def crawler(mode: Mode) -> GlueCrawlerCreateOperator:
    """Return the first task of a crawler's life."""
    name = f"{mode.name}_crawler"
    create = GlueCrawlerCreateOperator(
        task_id="create_crawler",
        config={
            "Name": name,
            "Role": ROLE,
            "DatabaseName": f"crawled_{mode.name}",
            "Targets": {"S3Targets": [{"Path": "s3://lake/crawled/"}]},
        },
        aws_conn_id=CONNECTION,
        trigger_rule=TriggerRule.ALL_DONE,
    )
    crawl = GlueCrawlerRunOperator(
        task_id="crawl",
        crawler_name=name,
        poll_interval=1,
        wait_for_completion=mode.operator_waits,
        **mode.operating(),
    )
    crawled = GlueCrawlerSensor(task_id="crawled", crawler_name=name, **mode.poking())
    delete = GlueCrawlerDeleteOperator(task_id="delete_crawler", crawler_name=name, aws_conn_id=CONNECTION)
    create >> crawl >> crawled >> delete
    return create


def glue_dag(mode: Mode) -> DAG:
    """Return the workflow in one mode: what an operator does not wait for is waited for by a sensor."""
    with DAG(dag_id=f"glue_{mode.name}", schedule=None) as dag:
        waiting = {"wait_for_completion": mode.operator_waits, "deferrable": mode.deferrable}
        good = job(mode, "good", code=0, job_poll_interval=1, waiter_delay=1, **waiting)
        bad = job(mode, "bad", code=3, wait_for_completion=False)
        good_done, bad_done = (
            GlueJobSensor(task_id=f"{each.task_id}_done", job_name=each.job_name, run_id=each.output, **mode.sensing())
            for each in (good, bad)
        )
        good >> good_done >> bad >> bad_done >> crawler(mode)
    return dag


for each in MODES:
    globals()[f"glue_{each.name}"] = glue_dag(each)
