"""A Spark job's task on an EMR Serverless that executes."""

import asyncio
import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowException, TaskDeferred

from tests.dags.workflow.operators.runner import BUCKET, LOGS, Attempt, Make, handed_over, until
from workflow.operators.driver_log import LogFolder
from workflow.operators.key import Key
from workflow.operators.serverless import SparkJobRunOperator

SCRIPTS = {
    "ok": "print('10 rows')",
    "bad": "raise ValueError('the ratings are empty')",
    "slow": "import time; time.sleep(60)",
    "short": "import time; time.sleep(0.5)",
}


@pytest.fixture
def application(clients: Any, shared: dict[str, Any]) -> str:
    if "application" not in shared:
        for name, text in SCRIPTS.items():
            clients("s3").put_object(Bucket=BUCKET, Key=f"serverless/{name}.py", Body=text.encode())
        made = clients("emr-serverless").create_application(
            name="shared", releaseLabel="emr-7.13.0", type="SPARK", clientToken="shared"
        )
        shared["application"] = made["applicationId"]
    return str(shared["application"])


@pytest.fixture
def task(operator: dict[str, Any], application: str) -> Callable[..., Make]:
    def of(script: str, **changes: Any) -> Make:
        entry = {"entryPoint": f"s3://{BUCKET}/serverless/{script}.py", "entryPointArguments": ["--k=10"]}
        values = {
            **operator,
            "application_id": application,
            "execution_role_arn": "arn:aws:iam::123456789012:role/jobs",
            "job_driver": {"sparkSubmit": entry},
            "name": "train model",
            "log_uri": LOGS,
            **changes,
        }
        return lambda: SparkJobRunOperator(**values)

    return of


@pytest.fixture
def states(clients: Any, application: str) -> Callable[[Attempt], list[str]]:
    """States of the runs of an attempt's task, the newest first, whatever their key."""

    def of(attempt: Attempt) -> list[str]:
        operator: Any = attempt.make()
        key = Key.of(attempt.context(operator), operator.deployment, operator.job_driver).task
        pages = clients("emr-serverless").get_paginator("list_job_runs").paginate(applicationId=application)
        return [each["state"] for page in pages for each in page["jobRuns"] if f"[{key}." in each["name"]]

    return of


def begun(attempt: Attempt) -> Any:
    operator: Any = attempt.make()

    def work() -> None:
        try:
            attempt.start(operator)
        except AirflowException as error:
            logging.getLogger(__name__).info("%s", error)

    threading.Thread(target=work, daemon=True).start()
    until(lambda: bool(operator._run_id), True)
    return operator


def test_a_failure_says_what_the_driver_said_and_a_retry_starts_another_run(task: Any, states: Any) -> None:
    attempt = Attempt(task("bad"))
    with pytest.raises(AirflowException) as raised:
        attempt.run()
    run_id, application = str(raised.value).split()[2], attempt.make().application_id
    assert str(raised.value) == (
        f"Job run {run_id} of {application} ended as FAILED: ValueError: the ratings are empty. "
        f"Log: {LOGS}/applications/{application}/jobs/{run_id}/SPARK_DRIVER/"
    )
    with pytest.raises(AirflowException, match="the ratings are empty"):
        Attempt(attempt.make, attempt.run_id, try_number=2).run()
    assert states(attempt) == ["FAILED", "FAILED"]


def test_a_retry_waits_for_the_run_that_goes_on_although_its_limits_have_changed(task: Any, states: Any) -> None:
    """A client token may not be used again with another request, such as one with another timeout."""
    attempt = Attempt(task("short"))
    lost = begun(attempt)
    changed = task("short", execution_timeout=timedelta(minutes=5))
    assert Attempt(changed, attempt.run_id, try_number=2).run() == lost._run_id
    assert states(attempt) == ["SUCCESS"]


def test_a_cleared_task_ends_its_former_run(task: Any, states: Any) -> None:
    former = Attempt(task("slow"))
    begun(former)
    Attempt(task("ok"), former.run_id, try_number=2, cleared=2).run()
    assert states(former) == ["SUCCESS", "CANCELLED"]


def test_a_run_that_takes_too_long_is_cancelled(task: Any, states: Any) -> None:
    attempt = Attempt(task("slow", execution_timeout=timedelta(seconds=2), deferrable=True))
    with pytest.raises(AirflowException, match="when its time was up, and was cancelled"):
        attempt.run()
    until(lambda: states(attempt), ["CANCELLED"])


def test_a_killed_task_cancels_its_run(task: Any, states: Any) -> None:
    attempt = Attempt(task("slow"))
    begun(attempt).on_kill()
    until(lambda: states(attempt), ["CANCELLED"])
    task("ok")().on_kill()  # before there is a run


def test_the_triggerer_cancels_the_run_of_a_killed_task(task: Any, states: Any) -> None:
    attempt = Attempt(task("slow", deferrable=True))
    with pytest.raises(TaskDeferred) as raised:
        attempt.start(attempt.make())
    asyncio.run(handed_over(raised.value).on_kill())
    until(lambda: states(attempt), ["CANCELLED"])


def test_a_spark_job_runs_once(task: Any, clients: Any, states: Any) -> None:
    """The one test here that waits for Spark."""
    script = """
import sys
from pyspark.sql import SparkSession
print(SparkSession.builder.getOrCreate().range(10).count(), sys.argv[1])
"""
    clients("s3").put_object(Bucket=BUCKET, Key="serverless/count.py", Body=script.encode())
    make = task("count", execution_timeout=timedelta(minutes=3), deferrable=True)
    attempt = Attempt(make)
    run_id = attempt.run()
    assert Attempt(make, attempt.run_id, try_number=2).run() == run_id
    assert states(attempt) == ["SUCCESS"]
    folder = LogFolder.of_job_run(clients("s3"), LOGS, make().application_id, run_id)
    tails = folder.tails(partial=False)
    assert tails
    assert tails["stdout"] == ["10 --k=10"]
