"""A Glue job's task on a Glue that executes: one run per key, its end and its log."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowException, TaskDeferred

from tests.dags.workflow.operators.runner import BUCKET, Attempt, Make, handed_over, until
from workflow.operators.glue import KEY, GlueRunOperator

SCRIPTS = {
    "ok": "print('10 rows')",
    "bad": "raise ValueError('the ratings are empty')",
    "slow": "import time; time.sleep(60)",
    "second": "import pathlib, sys, time; mark = pathlib.Path(sys.argv[sys.argv.index('--mark') + 1])\n"
    "if not mark.exists():\n    mark.touch(); time.sleep(60)",
}


@pytest.fixture
def task(operator: dict[str, Any], clients: Any, request: pytest.FixtureRequest) -> Callable[..., Make]:
    """Makes operators that run a script; every test has a job of its own."""
    name = f"job-{request.node.name}-{time.time_ns()}".replace("[", "-").replace("]", "")

    def of(script: str, **changes: Any) -> Make:
        uri = f"s3://{BUCKET}/scripts/{script}.py"
        clients("s3").put_object(Bucket=BUCKET, Key=f"scripts/{script}.py", Body=SCRIPTS[script].encode())
        values = {
            **operator,
            "task_id": "clean_ratings",
            "job_name": name,
            "script_location": uri,
            "iam_role_arn": "arn:aws:iam::123456789012:role/glue",
            "create_job_kwargs": {
                "GlueVersion": "5.1",
                "WorkerType": "G.1X",
                "NumberOfWorkers": 2,
                "Command": {"Name": "glueetl", "ScriptLocation": uri, "PythonVersion": "3"},
            },
            "script_args": {"--rows": "10"},
            **changes,
        }
        return lambda: GlueRunOperator(**values)

    return of


@pytest.fixture
def states(clients: Any) -> Callable[[Attempt], list[str]]:
    """States of the runs of an attempt's job, the newest first."""

    def of(attempt: Attempt) -> list[str]:
        runs = clients("glue").get_job_runs(JobName=attempt.make().job_name)["JobRuns"]
        return [each["JobRunState"] for each in runs]

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


def test_a_run_that_succeeded_shows_its_document_and_is_not_started_again(
    task: Any, clients: Any, states: Any, caplog: pytest.LogCaptureFixture
) -> None:
    clients("s3").put_object(Bucket=BUCKET, Key="data.json", Body=b'{"rows": 10}')
    caplog.set_level(logging.INFO)
    attempt = Attempt(task("ok", report_uri=f"s3://{BUCKET}/data.json", deferrable=True))
    assert attempt.run() == Attempt(attempt.make, attempt.run_id, try_number=2).run()
    assert states(attempt) == ["SUCCEEDED"]
    assert f's3://{BUCKET}/data.json:\n{{\n  "rows": 10\n}}' in caplog.text


def test_a_failure_says_what_the_script_said_and_a_retry_starts_another_run(
    task: Any, states: Any, caplog: pytest.LogCaptureFixture
) -> None:
    attempt = Attempt(task("bad"))
    with pytest.raises(AirflowException) as raised:
        attempt.run()
    run_id, job = str(raised.value).split()[2], attempt.make().job_name
    assert str(raised.value) == (
        f"Job run {run_id} of {job} ended as FAILED: ValueError: the ratings are empty. "
        f"Log: CloudWatch Logs /aws-glue/jobs/{{error,output}}, stream {run_id}"
    )
    assert "The last lines of error of CloudWatch Logs" in caplog.text
    with pytest.raises(AirflowException, match="the ratings are empty"):
        Attempt(attempt.make, attempt.run_id, try_number=2).run()
    assert states(attempt) == ["FAILED", "FAILED"]


def test_a_cleared_task_ends_its_former_run_before_it_starts_anew(task: Any, states: Any, tmp_path: Any) -> None:
    attempt = Attempt(task("second", script_args={"--mark": str(tmp_path / "mark")}))
    begun(attempt)
    until((tmp_path / "mark").exists, True)
    Attempt(attempt.make, attempt.run_id, try_number=2, cleared=2).run()
    assert states(attempt) == ["SUCCEEDED", "STOPPED"]


def test_room_for_a_run_is_waited_for(task: Any, states: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Another task's run has the job's only place until this one was refused."""
    caplog.set_level(logging.INFO)
    first, second = begun(Attempt(task("slow"))), Attempt(task("ok"))

    def make_room() -> None:
        until(lambda: "Glue has no room for a run" in caplog.text, True)
        first.on_kill()

    leaving = threading.Thread(target=make_room)
    leaving.start()
    second.run()
    leaving.join()
    assert states(second) == ["SUCCEEDED", "STOPPED"]


def test_a_refused_request_is_told_as_it_is(task: Any, states: Any, fault: Any) -> None:
    fault("deny", service="glue", operation="StartJobRun", times=0)
    attempt = Attempt(task("ok"))
    with pytest.raises(AirflowException, match=r"StartJobRun of job-\S+ failed: .*not authorized.*glue:StartJobRun"):
        attempt.run()
    assert states(attempt) == []


def test_a_run_that_takes_too_long_is_stopped(task: Any, states: Any) -> None:
    attempt = Attempt(task("slow", execution_timeout=timedelta(seconds=2), deferrable=True))
    with pytest.raises(AirflowException, match=r"was still (STARTING|RUNNING) when its time was up"):
        attempt.run()
    until(lambda: states(attempt), ["STOPPED"])


def test_the_triggerer_stops_the_run_of_a_killed_task(task: Any, states: Any) -> None:
    attempt = Attempt(task("slow", deferrable=True))
    with pytest.raises(TaskDeferred) as raised:
        attempt.start(attempt.make())
    asyncio.run(handed_over(raised.value).on_kill())
    until(lambda: states(attempt), ["STOPPED"])


def test_the_job_is_brought_up_to_date_and_one_run_carries_the_key(
    task: Any, clients: Any, states: Any, fault: Any
) -> None:
    """The first answer is an error, so that the request is repeated."""
    fault("error", service="glue", operation="StartJobRun")
    glue = clients("glue")
    Attempt(task("bad", script_location="s3://nowhere/old.py")).make().hook.create_or_update_glue_job()
    attempt = Attempt(task("ok"))
    run_id = attempt.run()
    assert states(attempt) == ["SUCCEEDED"]
    job = attempt.make().job_name
    arguments = glue.get_job_run(JobName=job, RunId=run_id)["JobRun"]["Arguments"]
    assert arguments["--rows"] == "10"
    assert [len(each) for each in arguments[KEY].split(".")] == [10, 1, 10]
    assert glue.get_job(JobName=job)["Job"]["Command"]["ScriptLocation"] == f"s3://{BUCKET}/scripts/ok.py"
