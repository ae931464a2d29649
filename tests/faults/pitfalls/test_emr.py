"""What the provider's EMR operators do (9.39.0), where no fault of the matrix shows it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from airflow.providers.amazon.aws.operators.emr import (
    EmrAddStepsOperator,
    EmrCreateJobFlowOperator,
    EmrTerminateJobFlowOperator,
)
from airflow.providers.amazon.aws.sensors.emr import EmrStepSensor
from airflow.providers.amazon.aws.triggers.emr import (
    EmrAddStepsTrigger,
    EmrCreateJobFlowTrigger,
    EmrStepSensorTrigger,
    EmrTerminateJobFlowTrigger,
)
from airflow.triggers.base import BaseTrigger

if TYPE_CHECKING:
    from tests.faults.harness.lane import Cluster, Lane

GROUP = {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}
REQUEST = {
    "Name": "pitfall",
    "LogUri": "s3://faults/logs",
    "ReleaseLabel": "emr-7.13.0",
    "Instances": {"InstanceGroups": [GROUP], "KeepJobFlowAliveWhenNoSteps": True},
    "JobFlowRole": "EMR_EC2_DefaultRole",
    "ServiceRole": "EMR_DefaultRole",
}


def step(script: str) -> dict[str, Any]:
    jar = {"Jar": "command-runner.jar", "Args": ["bash", "-c", script]}
    return {"Name": "work", "ActionOnFailure": "CONTINUE", "HadoopJarStep": jar}


def cluster(lane: Lane, cluster_id: str) -> Cluster:
    return next(each for each in lane.clusters() if each.id == cluster_id)


def until(lane: Lane, cluster_id: str, *states: str) -> Cluster:
    deadline = time.monotonic() + 30
    while (found := cluster(lane, cluster_id)).state not in states:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


@pytest.fixture
def job_flow(lane: Lane, aws: dict[str, Any]) -> str:
    cluster_id = str(lane.emr.run_job_flow(**REQUEST)["JobFlowId"])
    until(lane, cluster_id, "WAITING")
    return cluster_id


def create(aws: dict[str, Any], **more: Any) -> EmrCreateJobFlowOperator:
    return EmrCreateJobFlowOperator(
        task_id="create", emr_conn_id=None, job_flow_overrides=REQUEST, waiter_delay=1, deferrable=False, **aws, **more
    )


def test_terminating_does_not_wait_for_the_end(lane: Lane, aws: Any, context: Any, job_flow: str) -> None:
    lane.emr.add_job_flow_steps(JobFlowId=job_flow, Steps=[step("trap '' TERM; sleep 30")])
    until(lane, job_flow, "RUNNING")
    EmrTerminateJobFlowOperator(task_id="end", job_flow_id=job_flow, deferrable=False, **aws).execute(context)
    assert cluster(lane, job_flow).ended is None


def test_a_refused_call_after_run_job_flow_leaves_the_cluster_up(lane: Lane, aws: Any, context: Any) -> None:
    before = {each.id for each in lane.clusters()}
    lane.order("deny", service="emr", operation="DescribeCluster", times=0)
    with pytest.raises(Exception, match="AccessDenied"):
        create(aws, wait_for_completion=True).execute(context)
    [left] = [each for each in lane.clusters() if each.id not in before]
    assert until(lane, left.id, "WAITING").ended is None


def test_being_killed_before_the_creation_is_an_error(aws: Any) -> None:
    with pytest.raises(AttributeError, match="_job_flow_id"):
        create(aws).on_kill()


def test_a_cluster_that_was_terminated_counts_as_ready(lane: Lane, aws: Any, context: Any) -> None:
    lane.order("delay", service="emr", operation="DescribeCluster", seconds=1.0)
    operator = create(aws, wait_for_completion=True)
    run_job_flow = operator.hook.create_job_flow

    def created_and_ended(overrides: dict[str, Any]) -> Any:
        """Someone terminates the cluster before it is ready."""
        response = run_job_flow(overrides)
        lane.emr.terminate_job_flows(JobFlowIds=[response["JobFlowId"]])
        until(lane, response["JobFlowId"], "TERMINATED")
        return response

    operator.hook.create_job_flow = created_and_ended
    assert cluster(lane, str(operator.execute(context))).state == "TERMINATED"


def test_waiting_for_a_step_is_given_up_after_half_an_hour() -> None:
    operator = EmrAddStepsOperator(task_id="work", job_flow_id="j-1", steps=[])
    assert operator.waiter_delay * operator.waiter_max_attempts == 30 * 60


def test_a_second_attempt_adds_the_step_again(lane: Lane, aws: Any, context: Any, job_flow: str) -> None:
    for _ in range(2):
        EmrAddStepsOperator(
            task_id="work", job_flow_id=job_flow, steps=[step("sleep 5")], deferrable=False, **aws
        ).execute(context)
    assert len(cluster(lane, job_flow).steps) == 2


def test_a_killed_task_leaves_its_step_running(lane: Lane, aws: Any, context: Any, job_flow: str) -> None:
    operator = EmrAddStepsOperator(
        task_id="work", job_flow_id=job_flow, steps=[step("sleep 5")], deferrable=False, **aws
    )
    operator.execute(context)
    until(lane, job_flow, "RUNNING")
    operator.on_kill()
    time.sleep(0.5)
    assert list(cluster(lane, job_flow).steps.values()) == ["RUNNING"]


def test_each_poke_of_a_step_is_two_calls(lane: Lane, aws: Any, context: Any, job_flow: str) -> None:
    step_ids = lane.emr.add_job_flow_steps(JobFlowId=job_flow, Steps=[step("sleep 5")])["StepIds"]
    sensor = EmrStepSensor(task_id="wait", job_flow_id=job_flow, step_id=step_ids[0], deferrable=False, **aws)
    lane.order("delay", service="emr", operation="Describe*", times=0)
    sensor.poke(context)
    assert lane.fault_hits() == 2


@pytest.mark.parametrize(
    "trigger", [EmrAddStepsTrigger, EmrCreateJobFlowTrigger, EmrStepSensorTrigger, EmrTerminateJobFlowTrigger]
)
def test_a_killed_trigger_ends_nothing(trigger: type[BaseTrigger]) -> None:
    assert trigger.on_kill is BaseTrigger.on_kill


def test_a_failed_step_does_not_say_what_the_driver_said(lane: Lane, aws: Any, context: Any, job_flow: str) -> None:
    operator = EmrAddStepsOperator(
        task_id="work",
        job_flow_id=job_flow,
        steps=[step("echo 'the reason' >&2; echo more; exit 3")],
        wait_for_completion=True,
        waiter_delay=1,
        deferrable=False,
        **aws,
    )
    with pytest.raises(Exception, match="EMR Steps failed") as error:
        operator.execute(context)
    assert "the reason" not in str(error.value)
