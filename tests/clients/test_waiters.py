"""boto3's waiters, all that botocore has for these services, where they succeed and where they give up."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from tests.clients.emr_requests import command_step, small_cluster
from tests.clients.local_server import LocalAws

QUICK = {"Delay": 1, "MaxAttempts": 20}


@pytest.fixture
def cluster(aws: LocalAws) -> Iterator[Callable[..., str]]:
    """Start clusters that are gone when the test is over."""
    emr, started = aws.client("emr"), []

    def start(*steps: dict[str, Any], keep: bool = True, **request: Any) -> str:
        started.append(emr.run_job_flow(**small_cluster(*steps, keep=keep) | request)["JobFlowId"])
        return str(started[-1])

    yield start
    emr.terminate_job_flows(JobFlowIds=started)


def wait(aws: LocalAws, waiter: str, **parameters: str) -> None:
    aws.client("emr").get_waiter(waiter).wait(**parameters, WaiterConfig=QUICK)


def state(aws: LocalAws, cluster_id: str) -> str:
    return str(aws.client("emr").describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]["State"])


def step_of(aws: LocalAws, cluster_id: str) -> dict[str, str]:
    [step] = aws.client("emr").list_steps(ClusterId=cluster_id)["Steps"]
    return {"ClusterId": cluster_id, "StepId": step["Id"]}


def test_these_are_all_the_waiters_there_are(aws: LocalAws) -> None:
    names = {service: aws.client(service).waiter_names for service in ("emr", "emr-serverless", "glue")}
    assert names == {
        "emr": ["cluster_running", "cluster_terminated", "step_complete"],
        "emr-serverless": [],
        "glue": [],
    }


@pytest.mark.parametrize(("command", "reached"), [(None, "WAITING"), ("sleep 60", "RUNNING")])
def test_cluster_running_waits_for_an_idle_and_for_a_busy_cluster(
    aws: LocalAws, cluster: Callable[..., str], command: str | None, reached: str
) -> None:
    cluster_id = cluster(*([command_step(command)] if command else []))
    wait(aws, "cluster_running", ClusterId=cluster_id)
    assert state(aws, cluster_id) == reached


def test_cluster_running_gives_up_when_a_bootstrap_action_fails(aws: LocalAws, cluster: Callable[..., str]) -> None:
    script = aws.write("s3://lake/code/bad.sh", "#!/bin/bash\nexit 4\n")
    action = {"Name": "bad", "ScriptBootstrapAction": {"Path": script}}
    cluster_id = cluster(BootstrapActions=[action])
    with pytest.raises(WaiterError, match='matched expected path: "TERMINATED_WITH_ERRORS"'):
        wait(aws, "cluster_running", ClusterId=cluster_id)
    assert state(aws, cluster_id) == "TERMINATED_WITH_ERRORS"


def test_cluster_terminated_waits_for_a_cluster_that_ends_with_its_steps(
    aws: LocalAws, cluster: Callable[..., str]
) -> None:
    cluster_id = cluster(command_step("true"), keep=False)
    wait(aws, "cluster_terminated", ClusterId=cluster_id)
    assert state(aws, cluster_id) == "TERMINATED"


def test_cluster_terminated_gives_up_when_a_step_ends_the_cluster(aws: LocalAws, cluster: Callable[..., str]) -> None:
    cluster_id = cluster(command_step("exit 3", on_failure="TERMINATE_CLUSTER"), keep=False)
    with pytest.raises(WaiterError, match='matched expected path: "TERMINATED_WITH_ERRORS"'):
        wait(aws, "cluster_terminated", ClusterId=cluster_id)
    assert state(aws, cluster_id) == "TERMINATED_WITH_ERRORS"


def test_step_complete_waits_for_a_step(aws: LocalAws, cluster: Callable[..., str]) -> None:
    step = step_of(aws, cluster(command_step("sleep 1")))
    wait(aws, "step_complete", **step)
    assert aws.client("emr").describe_step(**step)["Step"]["Status"]["State"] == "COMPLETED"


@pytest.mark.parametrize("end", ["FAILED", "CANCELLED"])
def test_step_complete_gives_up(aws: LocalAws, cluster: Callable[..., str], end: str) -> None:
    cluster_id = cluster(command_step("exit 3" if end == "FAILED" else "sleep 60"))
    step = step_of(aws, cluster_id)
    if end == "CANCELLED":
        wait(aws, "cluster_running", ClusterId=cluster_id)
        aws.client("emr").cancel_steps(ClusterId=cluster_id, StepIds=[step["StepId"]])
    with pytest.raises(WaiterError, match=f'matched expected path: "{end}"'):
        wait(aws, "step_complete", **step)
    assert aws.client("emr").describe_step(**step)["Step"]["Status"]["State"] == end
