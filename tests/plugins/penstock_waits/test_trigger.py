"""Waiting in the triggerer and in the worker, against the local AWS."""

import asyncio
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook
from airflow.sdk.serde import deserialize, serialize

from penstock.progress import Progress
from penstock_waits.polling import wait_here
from penstock_waits.tables import cluster_ended, step_ended
from penstock_waits.trigger import WaitTrigger
from penstock_waits.wait import Outcome, Wait

CLUSTER = {
    "ReleaseLabel": "emr-7.13.0",
    "Instances": {"InstanceCount": 1, "MasterInstanceType": "m7g.xlarge", "KeepJobFlowAliveWhenNoSteps": True},
    "StepConcurrencyLevel": 10,
    "JobFlowRole": "EMR_EC2_DefaultRole",
    "ServiceRole": "EMR_DefaultRole",
}
ONCE = {"retries": {"total_max_attempts": 1}}
Run = Callable[[Wait], Outcome]


@pytest.fixture
def clients(emr: dict[str, str]) -> Callable[[str], Any]:
    return lambda service: AwsGenericHook(client_type=service, config=ONCE, **emr).conn


@pytest.fixture
def cluster(clients: Any) -> Iterator[str]:
    made = clients("emr").run_job_flow(Name="waits", **CLUSTER)["JobFlowId"]
    yield str(made)
    clients("emr").terminate_job_flows(JobFlowIds=[made])


@pytest.fixture
def step(clients: Any, cluster: str) -> Callable[..., Wait]:
    """Adds a step and returns the wait for its end."""

    def of(command: str, seconds: float = 30, progress_uri: str = "") -> Wait:
        jar = {"Jar": "command-runner.jar", "Args": ["bash", "-c", command]}
        steps = [{"Name": "step", "ActionOnFailure": "CONTINUE", "HadoopJarStep": jar}]
        (step_id,) = clients("emr").add_job_flow_steps(JobFlowId=cluster, Steps=steps)["StepIds"]
        deadline = datetime.now(UTC) + timedelta(seconds=seconds)
        return step_ended(cluster, step_id, progress_uri=progress_uri, deadline=deadline, poll_seconds=0.05)

    return of


@pytest.fixture(params=["triggerer", "worker"])
def run(request: pytest.FixtureRequest, clients: Any, emr: dict[str, str]) -> Run:
    """Waits, in either place."""
    if request.param == "worker":
        return lambda wait: wait_here(wait, clients)
    return lambda wait: fired(WaitTrigger(wait.to_json(), {**emr, "botocore_config": ONCE}))


def fired(trigger: WaitTrigger) -> Outcome:
    async def events() -> list[Any]:
        return [event.payload async for event in trigger.run()]

    (payload,) = asyncio.run(events())
    return Outcome(**payload)


def state(clients: Any, wait: Wait) -> str:
    return str(clients("emr").describe_step(**wait.look.arguments)["Step"]["Status"]["State"])


def test_a_trigger_survives_airflows_database(step: Any, emr: dict[str, str]) -> None:
    wait = step("true")
    trigger = WaitTrigger(wait.to_json(), {**emr, "botocore_config": {"retries": {"mode": "standard"}}})
    path, kwargs = trigger.serialize()
    assert path == "penstock_waits.trigger.WaitTrigger"
    again = WaitTrigger(**deserialize(serialize(kwargs)))
    assert (again.wait, again.aws) == (wait, trigger.aws)


def test_success_failure_and_timeout(run: Run, step: Any) -> None:
    outcomes = [run(step("true")), run(step("exit 3")), run(step("sleep 2", seconds=0.5))]
    assert [(each.ended, each.state) for each in outcomes] == [
        ("success", "COMPLETED"),
        ("failure", "FAILED"),
        ("timeout", "RUNNING"),
    ]


def test_refusals_end_it_and_throttling_does_not(run: Run, step: Any, fault: Any) -> None:
    fault("throttle", service="emr", operation="DescribeStep", times=7)
    assert run(step("true")).ended == "success"
    fault("deny", service="emr", operation="DescribeStep", times=0)
    refused = run(step("true"))
    assert (refused.ended, refused.state) == ("refused", "UNKNOWN")
    assert "not authorized to perform: elasticmapreduce:DescribeStep" in refused.reason


def test_progress_is_told_when_it_changes(
    run: Run, step: Any, clients: Any, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.INFO, "penstock_waits.progress")
    s3 = clients("s3")
    bucket = f"waits-{time.time_ns()}"
    s3.create_bucket(Bucket=bucket)
    first = Progress(seconds=3.2, stage="count at ALS", stages_done=1, stages=4, tasks_done=2, tasks=8)
    s3.put_object(Bucket=bucket, Key="progress.json", Body=b"\xff\xfe half")
    done = tmp_path / "done"
    wait = step(f"until [ -e {done} ]; do sleep 0.05; done", progress_uri=f"s3://{bucket}/progress.json")
    documents = [first.to_json(), replace(first, seconds=6.4, tasks_done=8).to_json()]

    def told() -> list[str]:
        return [each.message for each in caplog.records if each.name == "penstock_waits.progress"]

    def work() -> None:
        """The next document once the last one was told."""
        for number, each in enumerate(documents, start=1):
            s3.put_object(Bucket=bucket, Key="progress.json", Body=each.encode())
            while len(told()) < number and time.time() < wait.deadline.timestamp():
                time.sleep(0.02)
        done.touch()

    thread = threading.Thread(target=work)
    thread.start()
    assert run(wait).ended == "success"
    thread.join()
    assert told() == ["3 s: stage 2/4, 2 of 8 tasks (count at ALS)", "6 s: stage 2/4, 8 of 8 tasks (count at ALS)"]


def test_a_triggerer_that_takes_over_keeps_the_deadline(step: Any, emr: dict[str, str]) -> None:
    """The provider's triggers count attempts, and so begin anew."""
    seconds = 5.0
    wait = step("sleep 60", seconds=seconds)
    first = WaitTrigger(wait.to_json(), {**emr, "botocore_config": None})

    async def interrupted() -> None:
        await asyncio.wait_for(anext(first.run()), 1.0)

    with pytest.raises(TimeoutError):
        asyncio.run(interrupted())
    _, kwargs = first.serialize()
    second = WaitTrigger(**kwargs)
    assert second.wait.deadline == wait.deadline
    while datetime.now(UTC) < wait.deadline:
        time.sleep(0.05)
    began = time.monotonic()
    assert fired(second).ended == "timeout"
    assert time.monotonic() - began < seconds


def test_a_killed_trigger_cancels_the_step(step: Any, clients: Any, emr: dict[str, str]) -> None:
    wait = step("sleep 60")
    asyncio.run(WaitTrigger(wait.to_json(), {**emr, "botocore_config": None}).on_kill())
    deadline = time.monotonic() + 10
    while state(clients, wait) != "CANCELLED" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert state(clients, wait) == "CANCELLED"


def test_a_killed_trigger_without_anything_to_cancel_does_nothing(cluster: str, emr: dict[str, str]) -> None:
    wait = cluster_ended(cluster, deadline=datetime.now(UTC), poll_seconds=1)
    asyncio.run(WaitTrigger(wait.to_json(), {**emr, "botocore_config": None}).on_kill())


RUNNING, COMPLETED = (b'{"Step": {"Status": {"State": "%s"}}}' % each for each in (b"RUNNING", b"COMPLETED"))


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch, _localhost: None) -> Iterator[dict[str, str]]:
    """EMR that breaks off its first answers, and S3 that breaks off all, as servers that are restarted do."""
    answers = iter([COMPLETED[:20], b"", RUNNING, RUNNING])
    ended = threading.Event()

    def answer(connection: socket.socket) -> None:
        body = COMPLETED[:20] if connection.recv(65536).startswith(b"GET") else next(answers, COMPLETED)
        length = len(RUNNING if body == RUNNING else COMPLETED)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        connection.sendall(head.encode() + body)

    def serve(server: socket.socket) -> None:
        while not ended.is_set():
            connection, _ = server.accept()
            with connection:
                answer(connection)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, args=(server,), daemon=True).start()
        extra = {"endpoint_url": f"http://127.0.0.1:{server.getsockname()[1]}"}
        connection = {"conn_type": "aws", "login": "key", "password": "secret", "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_PENSTOCK_TEST", json.dumps(connection))
        yield {"aws_conn_id": "penstock_test", "region_name": "us-east-1"}
        ended.set()
        socket.create_connection(server.getsockname()).close()


@pytest.mark.parametrize("place", ["triggerer", "worker"])
def test_a_connection_that_breaks_within_an_answer_ends_nothing(breaking: dict[str, str], place: str) -> None:
    deadline = datetime.now(UTC) + timedelta(seconds=20)
    wait = step_ended("j-1", "s-1", progress_uri="s3://b/progress.json", deadline=deadline, poll_seconds=0.05)
    if place == "triggerer":
        outcome = fired(WaitTrigger(wait.to_json(), {**breaking, "botocore_config": ONCE}))
    else:
        outcome = wait_here(wait, lambda service: AwsGenericHook(client_type=service, config=ONCE, **breaking).conn)
    assert outcome == Outcome(ended="success", state="COMPLETED", reason="")
