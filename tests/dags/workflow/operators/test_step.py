"""A step's task on an EMR that executes: once per key, in either mode, and a failure says why."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException, TaskDeferred

from tests.dags.workflow.operators.runner import BASICS, BUCKET, LOGS, Attempt, Make, fire, handed_over, until
from workflow.operators.key import Key
from workflow.operators.step import SparkStepOperator

TRACE = r"""printf 'Traceback (most recent call last):\nValueError: the ratings are empty\n' >&2; exit 1"""


def step(command: str) -> dict[str, Any]:
    jar = {"Jar": "command-runner.jar", "Args": ["bash", "-c", command]}
    return {"Name": "train model", "ActionOnFailure": "CONTINUE", "HadoopJarStep": jar}


@pytest.fixture
def task(operator: dict[str, Any], cluster: str) -> Callable[..., Make]:
    """Makes operators that run a command."""

    def of(command: str, **changes: Any) -> Make:
        values = {**operator, "job_flow_id": cluster, "step": step(command), "log_uri": LOGS, **changes}
        return lambda: SparkStepOperator(**values)

    return of


@pytest.fixture
def states(clients: Any, cluster: str) -> Callable[[Attempt], list[str]]:
    """States of the steps of an attempt's task, the newest first, whatever their generation."""

    def of(attempt: Attempt, cluster_id: str = cluster) -> list[str]:
        operator = attempt.make()
        key = str(_key(operator, attempt)).split(".")[0]
        pages = clients("emr").get_paginator("list_steps").paginate(ClusterId=cluster_id)
        return [each["Status"]["State"] for page in pages for each in page["Steps"] if f"[{key}." in each["Name"]]

    return of


def _key(operator: Any, attempt: Attempt) -> Any:
    return Key.of(attempt.context(operator), operator.deployment, operator.steps[0]["HadoopJarStep"])


def begun(attempt: Attempt) -> tuple[SparkStepOperator, threading.Thread]:
    """An attempt that works in a thread, as a worker that is lost would; its own end is nobody's concern."""
    operator: Any = attempt.make()

    def work() -> None:
        try:
            attempt.start(operator)
        except AirflowException as error:
            logging.getLogger(__name__).info("%s", error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    deadline = time.monotonic() + 15
    while not operator._step_id and time.monotonic() < deadline:
        time.sleep(0.02)
    assert operator._step_id
    return operator, thread


@pytest.mark.parametrize("deferrable", [False, True])
def test_a_completed_step_shows_its_document(
    task: Any, clients: Any, states: Any, deferrable: bool, caplog: pytest.LogCaptureFixture
) -> None:
    clients("s3").put_object(Bucket=BUCKET, Key="report.json", Body=b'{"rmse": 0.86}')
    attempt = Attempt(task("true", report_uri=f"s3://{BUCKET}/report.json", deferrable=deferrable))
    caplog.set_level(logging.INFO)
    assert attempt.run().startswith("s-")
    assert states(attempt) == ["COMPLETED"]
    assert f's3://{BUCKET}/report.json:\n{{\n  "rmse": 0.86\n}}' in caplog.text


@pytest.mark.parametrize("deferrable", [False, True])
def test_a_failure_says_what_the_driver_said(task: Any, deferrable: bool, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(AirflowException) as raised:
        Attempt(task(f"echo 10 rows; {TRACE}", deferrable=deferrable)).run()
    message = str(raised.value)
    step_id, cluster = message.split()[1], message.split()[3]
    place = f"{LOGS}/{cluster}/steps/{step_id}/"
    assert message == (f"Step {step_id} of {cluster} ended as FAILED: ValueError: the ratings are empty. Log: {place}")
    assert f"The last lines of stderr of {place}\nTraceback (most recent call last):\nValueError" in caplog.text
    assert f"The last lines of stdout of {place}\n10 rows" in caplog.text


def test_a_retry_waits_for_the_step_that_still_runs(task: Any, states: Any) -> None:
    attempt = Attempt(task("sleep 1"))
    lost, thread = begun(attempt)
    assert Attempt(attempt.make, attempt.run_id, try_number=2).run() == lost._step_id
    assert states(attempt) == ["COMPLETED"]
    thread.join()


def test_a_completed_step_is_not_run_again(task: Any, states: Any) -> None:
    attempt = Attempt(task("true"))
    assert attempt.run() == Attempt(attempt.make, attempt.run_id, try_number=2).run()
    assert states(attempt) == ["COMPLETED"]


def test_a_failed_step_is_run_again(task: Any, states: Any, tmp_path: Any) -> None:
    mark = tmp_path / "second"
    attempt = Attempt(task(f"test -e {mark} || {{ touch {mark}; exit 3; }}"))
    with pytest.raises(AirflowException, match="ended as FAILED"):
        attempt.run()
    Attempt(attempt.make, attempt.run_id, try_number=2).run()
    assert states(attempt) == ["COMPLETED", "FAILED"]


def test_a_cleared_task_ends_its_former_step_before_it_runs_anew(task: Any, states: Any, tmp_path: Any) -> None:
    """The first would write to the same places: it is gone when the second begins."""
    held = tmp_path / "held"
    attempt = Attempt(task(f"test -e {held} || {{ touch {held}; trap '' TERM; sleep 60; }}"))
    _, thread = begun(attempt)
    until(held.exists, True)
    Attempt(attempt.make, attempt.run_id, try_number=2, cleared=2).run()
    assert states(attempt) == ["COMPLETED", "CANCELLED"]
    thread.join()


def test_a_changed_step_takes_the_place_of_the_one_that_still_runs(task: Any, states: Any) -> None:
    wrong = Attempt(task("sleep 60"))
    _, thread = begun(wrong)
    Attempt(task("true"), wrong.run_id, try_number=2).run()
    assert states(wrong) == ["COMPLETED", "CANCELLED"]
    thread.join()


def test_a_step_is_found_although_retries_were_added_meanwhile(task: Any, states: Any) -> None:
    """The run counts fewer retries than the task has by now, so the generation is negative."""
    attempt = Attempt(task("true"), cleared=-1)
    assert attempt.run() == Attempt(attempt.make, attempt.run_id, try_number=2, cleared=-1).run()
    assert states(attempt) == ["COMPLETED"]


def test_an_unanswered_request_is_repeated_and_makes_one_step(task: Any, states: Any, fault: Any) -> None:
    fault("throttle", service="emr", operation="AddJobFlowSteps", times=1)
    attempt = Attempt(task("true"))
    attempt.run()
    assert states(attempt) == ["COMPLETED"]


def test_a_step_whose_answer_was_lost_is_found(task: Any, states: Any, fault: Any) -> None:
    fault("delay", service="emr", operation="AddJobFlowSteps", seconds=1.2)
    attempt = Attempt(task("true", botocore_config={"read_timeout": 1, "retries": {"total_max_attempts": 1}}))
    attempt.run()
    assert states(attempt) == ["COMPLETED"]


def test_a_refused_request_is_told_as_it_is(task: Any, states: Any, fault: Any, cluster: str) -> None:
    fault("deny", service="emr", operation="AddJobFlowSteps", times=0)
    attempt = Attempt(task("true"))
    with pytest.raises(AirflowException, match=rf"AddJobFlowSteps on {cluster} failed: .*AccessDeniedException"):
        attempt.run()
    assert states(attempt) == []


def test_a_cluster_that_has_ended_fails_the_task_for_good(
    task: Any, clients: Any, ends: list[str], states: Any
) -> None:
    emr = clients("emr")
    ended = emr.run_job_flow(Name="ended", **BASICS)["JobFlowId"]
    ends.append(ended)
    emr.terminate_job_flows(JobFlowIds=[ended])
    until(lambda: emr.describe_cluster(ClusterId=ended)["Cluster"]["Status"]["State"], "TERMINATED")
    with pytest.raises(AirflowFailException) as raised:
        Attempt(task("true", job_flow_id=ended)).run()
    assert str(raised.value) == (
        f"Cluster {ended} is TERMINATED, so the step cannot run: Terminated by user request. "
        "Clear the task that gave it, create_cluster or find_cluster, with everything after it."
    )


@pytest.mark.parametrize("deferrable", [False, True])
def test_a_step_that_takes_too_long_is_cancelled(task: Any, states: Any, deferrable: bool) -> None:
    attempt = Attempt(task("sleep 60", execution_timeout=timedelta(seconds=2), deferrable=deferrable))
    with pytest.raises(AirflowException, match="was still RUNNING when its time was up"):
        attempt.run()
    until(lambda: states(attempt), ["CANCELLED"])


def test_a_refused_cancellation_does_not_hide_that_the_time_was_up(
    task: Any, fault: Any, caplog: pytest.LogCaptureFixture, clients: Any, cluster: str
) -> None:
    fault("deny", service="emr", operation="CancelSteps", times=0)
    with pytest.raises(AirflowException, match="was still RUNNING when its time was up") as raised:
        Attempt(task("sleep 5", execution_timeout=timedelta(seconds=1))).run()
    step_id = str(raised.value).split()[1]
    assert f"Step {step_id} was not ended: An error occurred (AccessDeniedException)" in caplog.text


def test_a_killed_task_cancels_its_own_step_only(task: Any, states: Any) -> None:
    mine, other = Attempt(task("sleep 60")), Attempt(task("sleep 1"))
    (operator, thread), (_, another) = begun(mine), begun(other)
    operator.on_kill()
    thread.join()
    another.join()
    assert (states(mine), states(other)) == (["CANCELLED"], ["COMPLETED"])


def test_being_killed_before_there_is_a_step_does_nothing(task: Any) -> None:
    task("true")().on_kill()


def test_the_triggerer_cancels_the_step_of_a_killed_task(task: Any, states: Any) -> None:
    attempt = Attempt(task("sleep 60", deferrable=True))
    with pytest.raises(TaskDeferred) as raised:
        attempt.start(attempt.make())
    asyncio.run(handed_over(raised.value).on_kill())
    until(lambda: states(attempt), ["CANCELLED"])


def test_a_deferred_task_that_is_retried_goes_on_with_its_step(task: Any, states: Any) -> None:
    """The worker that would have resumed it has died."""
    attempt = Attempt(task("sleep 1", deferrable=True))
    with pytest.raises(TaskDeferred) as raised:
        attempt.start(attempt.make())
    fire(handed_over(raised.value))
    Attempt(attempt.make, attempt.run_id, try_number=2).run()
    assert states(attempt) == ["COMPLETED"]


@pytest.mark.parametrize("kept", [True, False])
def test_logs_of_a_cluster_that_is_not_the_dags_own_are_where_it_keeps_them(
    task: Any, clients: Any, ends: list[str], kept: bool
) -> None:
    request = {**BASICS, "LogUri": f"s3://{BUCKET}/theirs/"} if kept else {**BASICS}
    if not kept:
        del request["LogUri"]
    theirs = clients("emr").run_job_flow(Name="theirs", **request)["JobFlowId"]
    ends.append(theirs)
    with pytest.raises(AirflowException) as raised:
        Attempt(task(TRACE, job_flow_id=theirs, log_uri="")).run()
    step_id = str(raised.value).split()[1]
    why = (
        f"ValueError: the ratings are empty. Log: s3://{BUCKET}/theirs/{theirs}/steps/{step_id}/"
        if kept
        else "Unknown Error. ValueError: the ratings are empty. The cluster keeps no logs on S3"
    )
    assert str(raised.value) == f"Step {step_id} of {theirs} ended as FAILED: {why}"
