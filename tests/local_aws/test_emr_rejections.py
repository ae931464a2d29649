"""EMR requests that AWS rejects, with its code and message."""

import boto3
import botocore.config
import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def raw(aws):
    """A client that sends what it is given."""
    connection = {key: value for key, value in aws.connection.items() if key != "s3_endpoint_url"}
    config = botocore.config.Config(parameter_validation=False, retries={"max_attempts": 0}, proxies={})
    with_close = boto3.client("emr", config=config, **connection)
    yield with_close
    with_close.close()


def error(call, **parameters) -> dict[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return refused.value.response["Error"]


def test_an_argument_of_a_step_may_have_10280_characters_and_no_more(emr, cluster):
    emr.run(cluster, "true", "x" * 10_280)
    too_long = "x" * 10_281
    assert error(emr.client.add_job_flow_steps, JobFlowId=cluster, Steps=[emr.step("true", too_long)]) == {
        "Code": "ValidationException",
        "Message": f"1 validation error detected: Value '{too_long}' at 'steps.1.member.hadoopJarStep.args.2.member' "
        "failed to satisfy constraint: Member must have length less than or equal to 10280",
    }


def test_unknown_values_and_missing_members_are_named_by_their_path(emr, cluster, raw):
    step = emr.step("true", on_failure="PANIC")
    assert error(emr.client.add_job_flow_steps, JobFlowId=cluster, Steps=[step])["Message"] == (
        "1 validation error detected: Value 'PANIC' at 'steps.1.member.actionOnFailure' failed to satisfy constraint: "
        "Member must satisfy enum value set: [TERMINATE_JOB_FLOW, TERMINATE_CLUSTER, CANCEL_AND_WAIT, CONTINUE]"
    )
    assert error(raw.add_job_flow_steps, JobFlowId=cluster, Steps=[{"Name": "x" * 257}])["Message"] == (
        f"2 validation errors detected: Value '{'x' * 257}' at 'steps.1.member.name' failed to satisfy constraint: "
        "Member must have length less than or equal to 256; Value null at 'steps.1.member.hadoopJarStep' failed to "
        "satisfy constraint: Member must not be null"
    )


def test_an_unknown_release_label_is_refused_and_leaves_no_cluster(emr):
    before = len(emr.client.list_clusters()["Clusters"])
    with pytest.raises(ClientError) as refused:
        emr.create(ReleaseLabel="emr-7.99.0")
    assert refused.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": "The supplied release label is invalid: emr-7.99.0.",
    }
    assert len(emr.client.list_clusters()["Clusters"]) == before


@pytest.mark.parametrize(
    ("request_part", "message"),
    [
        ({"StepConcurrencyLevel": 257}, "must be between 1 and 256"),
        ({"BootstrapActions": [{"Name": "b", "ScriptBootstrapAction": {"Path": "s3://lake/b"}}] * 17}, "is 16"),
        ({"Instances": {"InstanceFleets": [{"InstanceFleetType": "MASTER"}]}}, "mutually exclusive"),
        (
            {"Instances": {"InstanceGroups": [], "InstanceFleets": [{"InstanceFleetType": "CORE"}]}},
            "exactly one master instance fleet",
        ),
        (
            {"ManagedScalingPolicy": {"ComputeLimits": {
                "UnitType": "Instances", "MinimumCapacityUnits": 3, "MaximumCapacityUnits": 2}}},
            r"\(3\) must not be greater than maximum capacity units \(2\)",
        ),
    ],
)  # fmt: skip
def test_contradictions_are_refused(emr, request_part, message):
    with pytest.raises(ClientError, match=message):
        emr.create(**request_part)


def test_more_than_256_unfinished_steps_are_refused(emr):
    cluster_id = emr.create([emr.step("sleep", "600")])
    emr.add(cluster_id, *[emr.step("true")] * 255)
    assert error(emr.client.add_job_flow_steps, JobFlowId=cluster_id, Steps=[emr.step("true")]) == {
        "Code": "ValidationException",
        "Message": "Maximum number of active steps(State = 'Running', 'Pending' or 'Cancel_Pending') "
        "for cluster exceeded.",
    }
    emr.client.terminate_job_flows(JobFlowIds=[cluster_id])
    emr.until(cluster_id, "TERMINATED")
    pages = emr.client.get_paginator("list_steps").paginate(ClusterId=cluster_id)
    steps = [[step["Status"]["State"] for step in page["Steps"]] for page in pages]
    assert [len(page) for page in steps] == [50, 50, 50, 50, 50, 6]
    assert {state for page in steps for state in page} == {"CANCELLED"}


def test_steps_that_end_the_cluster_are_refused_where_several_run_at_once(emr):
    cluster_id = emr.create(StepConcurrencyLevel=2)
    step = emr.step("true", on_failure="CANCEL_AND_WAIT")
    assert error(emr.client.add_job_flow_steps, JobFlowId=cluster_id, Steps=[step])["Code"] == "ValidationException"
    emr.client.terminate_job_flows(JobFlowIds=[cluster_id])


def test_a_terminated_cluster_takes_no_changes(emr):
    cluster_id = emr.create(keep=False)
    emr.until(cluster_id, "TERMINATED")
    [group] = emr.client.list_instance_groups(ClusterId=cluster_id)["InstanceGroups"]
    assert error(emr.client.add_job_flow_steps, JobFlowId=cluster_id, Steps=[emr.step("true")]) == {
        "Code": "ValidationException",
        "Message": "A job flow that is shutting down, terminated, or finished may not be modified.",
    }
    assert (
        error(emr.client.modify_cluster, ClusterId=cluster_id, StepConcurrencyLevel=2)["Code"] == "ValidationException"
    )
    resize = [{"InstanceGroupId": group["Id"], "InstanceCount": 1}]
    assert "cannot be modified" in error(emr.client.modify_instance_groups, InstanceGroups=resize)["Message"]
    new = [{"InstanceRole": "TASK", "InstanceType": "m5.xlarge", "InstanceCount": 1}]
    assert (
        error(emr.client.add_instance_groups, JobFlowId=cluster_id, InstanceGroups=new)["Code"]
        == "InvalidRequestException"
    )
