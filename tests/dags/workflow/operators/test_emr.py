"""A step's task on an EMR that executes."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from workflow.operators.emr import EmrStepOperator, StepHook

INSTANCES = {"InstanceCount": 1, "MasterInstanceType": "m7g.xlarge", "KeepJobFlowAliveWhenNoSteps": True}


@pytest.fixture
def hook(emr: dict[str, Any]) -> StepHook:
    return StepHook(**emr)


@pytest.fixture
def cluster(hook: StepHook) -> Iterator[str]:
    """Takes two steps at once, as the workflow's does."""
    client = hook.get_conn()
    roles = {"JobFlowRole": "EMR_EC2_DefaultRole", "ServiceRole": "EMR_DefaultRole"}
    answer = client.run_job_flow(
        Name="test", ReleaseLabel="emr-7.13.0", Instances=INSTANCES, StepConcurrencyLevel=2, **roles
    )
    yield answer["JobFlowId"]
    client.terminate_job_flows(JobFlowIds=[answer["JobFlowId"]])


def step(command: str, name: str = "train model") -> dict[str, Any]:
    jar = {"Jar": "command-runner.jar", "Args": ["bash", "-c", command]}
    return {"Name": name, "ActionOnFailure": "CONTINUE", "HadoopJarStep": jar}


def states(hook: StepHook, cluster: str) -> dict[str, str]:
    found = hook.get_conn().list_steps(ClusterId=cluster)["Steps"]
    return {each["Id"]: each["Status"]["State"] for each in found}


def eventually(hook: StepHook, cluster: str, expected: dict[str, str]) -> None:
    deadline = time.monotonic() + 10
    while states(hook, cluster) != expected and time.monotonic() < deadline:
        time.sleep(0.05)
    assert states(hook, cluster) == expected


def test_a_retry_waits_for_the_step_that_still_runs(hook: StepHook, cluster: str) -> None:
    first = hook.add_job_flow_steps(cluster, [step("sleep 2")])
    again = hook.add_job_flow_steps(cluster, [step("sleep 2")], wait_for_completion=True, waiter_delay=1)
    assert again == first
    assert states(hook, cluster) == {first[0]: "COMPLETED"}


def test_a_finished_step_is_run_again(hook: StepHook, cluster: str) -> None:
    first = hook.add_job_flow_steps(cluster, [step("false")])
    eventually(hook, cluster, {first[0]: "FAILED"})
    second = hook.add_job_flow_steps(cluster, [step("true")])
    eventually(hook, cluster, {first[0]: "FAILED", second[0]: "COMPLETED"})


def test_a_corrected_step_takes_the_place_of_the_one_that_still_runs(hook: StepHook, cluster: str) -> None:
    wrong = hook.add_job_flow_steps(cluster, [step("sleep 61")])
    right = hook.add_job_flow_steps(cluster, [step("true")])
    eventually(hook, cluster, {wrong[0]: "CANCELLED", right[0]: "COMPLETED"})


def test_a_killed_task_cancels_its_own_step_only(hook: StepHook, emr: dict[str, Any], cluster: str) -> None:
    mine = hook.add_job_flow_steps(cluster, [step("sleep 62")])
    other = hook.add_job_flow_steps(cluster, [step("sleep 3", name="train other")])
    EmrStepOperator(task_id="train", job_flow_id=cluster, steps=[step("sleep 62")], **emr).on_kill()
    eventually(hook, cluster, {mine[0]: "CANCELLED", other[0]: "COMPLETED"})


def test_a_failed_step_fails_its_task(hook: StepHook, cluster: str) -> None:
    with pytest.raises(Exception, match="EMR Steps failed"):
        hook.add_job_flow_steps(cluster, [step("exit 3")], wait_for_completion=True, waiter_delay=1)
