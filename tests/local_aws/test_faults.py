"""Faults on demand: each kind as boto3 without retries meets it."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from moto.core.utils import camelcase_to_underscores

REPOSITORY = Path(__file__).resolve().parents[2]


def order(faults, kind: str, **more) -> str:
    answer = faults.post("", json={"kind": kind, **more})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def hits(faults) -> list[int]:
    return [fault["hits"] for fault in faults.get("").json()["Faults"]]


def failed(call, **parameters) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as error:
        call(**parameters)
    response = error.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"], response["Error"]["Message"]


def test_a_call_is_throttled_as_often_as_ordered(emr, faults):
    order(faults, "throttle", service="emr", operation="List*", times=2)
    for _ in range(2):
        assert failed(emr.client.list_clusters) == (400, "ThrottlingException", "Rate exceeded")
    assert "Clusters" in emr.client.list_clusters()
    assert hits(faults) == [2]


def test_a_denied_call_says_which_action(aws, emr, faults):
    order(faults, "deny", service="glue", operation="GetJob", times=0)
    status, code, message = failed(aws.client("glue").get_job, JobName="x")
    assert (status, code) == (400, "AccessDeniedException")
    assert "is not authorized to perform: glue:GetJob" in message
    assert emr.client.list_clusters()["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize(("status", "code"), [(500, "InternalServerException"), (503, "ServiceUnavailableException")])
def test_server_errors_have_their_status(emr, faults, status, code):
    order(faults, "error", operation="ListClusters", status=status)
    assert failed(emr.client.list_clusters)[:2] == (status, code)


def test_services_of_every_protocol_fail_in_their_own_words(aws, faults):
    order(faults, "throttle", service="sts", operation="GetCallerIdentity")
    assert failed(aws.client("sts").get_caller_identity)[1:] == ("ThrottlingException", "Rate exceeded")
    order(faults, "throttle", service="emr-serverless", operation="ListApplications")
    assert failed(aws.client("emr-serverless").list_applications)[1] == "ThrottlingException"


def test_a_slow_answer_is_late_and_right(emr, faults):
    order(faults, "delay", operation="ListClusters", seconds=0.4)
    begin = time.monotonic()
    assert "Clusters" in emr.client.list_clusters()
    assert time.monotonic() - begin > 0.4


def test_a_bootstrap_fails(emr, faults):
    order(faults, "bootstrap-failure", cluster="doom*")
    spared, doomed = emr.create(), emr.create(Name="doomed")
    reason = emr.until(doomed, "TERMINATED_WITH_ERRORS")["Status"]["StateChangeReason"]
    assert reason["Code"] == "BOOTSTRAP_FAILURE"
    assert "application provisioning failed" in reason["Message"]
    emr.until(spared, "WAITING")
    emr.client.terminate_job_flows(JobFlowIds=[spared])
    assert hits(faults) == [1]


def test_a_step_crashes_and_the_next_does_not(aws, emr, cluster, faults):
    order(faults, "step-crash", step="bash", after=0.2)
    step_id, status = emr.run(cluster, "bash", "-c", "echo begun; sleep 600")
    assert status["State"] == "FAILED"
    assert status["FailureDetails"]["Message"] == "The command exited with code 137"
    assert aws.log(f"s3://lake/logs/{cluster}/steps/{step_id}/stdout.gz") == "begun\n"
    assert emr.run(cluster, "bash", "-c", "true")[1]["State"] == "COMPLETED"


def test_a_step_hangs_and_ignores_sigterm_until_it_is_killed(emr, cluster, faults):
    order(faults, "step-hang", step="hangs")
    step = emr.step("sleep", "0.1") | {"Name": "hangs"}
    [step_id] = emr.add(cluster, step)
    emr.until_step(cluster, step_id, "RUNNING")
    time.sleep(0.5)
    status = emr.status(cluster, step_id)
    assert status["State"] == "RUNNING"
    assert status["Timeline"]["StartDateTime"] >= status["Timeline"]["CreationDateTime"]
    assert "EndDateTime" not in status["Timeline"]
    emr.client.cancel_steps(ClusterId=cluster, StepIds=[step_id], StepCancellationOption="SEND_INTERRUPT")
    time.sleep(0.5)
    assert emr.status(cluster, step_id)["State"] == "CANCEL_PENDING"
    emr.client.cancel_steps(ClusterId=cluster, StepIds=[step_id], StepCancellationOption="TERMINATE_PROCESS")
    assert emr.until_step(cluster, step_id)["State"] == "CANCELLED"


def test_a_cluster_is_lost_to_a_spot_interruption(emr, faults):
    cluster_id = emr.create([emr.step("sleep", "600")], Instances={"TerminationProtected": True})
    emr.until(cluster_id, "RUNNING")
    order(faults, "spot-interruption", cluster=cluster_id)
    status = emr.until(cluster_id, "TERMINATED_WITH_ERRORS")["Status"]
    assert status["StateChangeReason"]["Code"] == "INSTANCE_FAILURE"
    assert emr.states(cluster_id) == ["CANCELLED"]
    order(faults, "spot-interruption", cluster="later")
    later = emr.create(Name="later")
    emr.until(later, "TERMINATED_WITH_ERRORS")


CALLS = {
    "RunJobFlow": {"Name": "n", "Instances": {}},
    "AddJobFlowSteps": {"JobFlowId": "?", "Steps": []},
    "TerminateJobFlows": {"JobFlowIds": ["?"]},
    "DescribeCluster": {"ClusterId": "?"},
    "DescribeStep": {"ClusterId": "?", "StepId": "s-1"},
    "ListClusters": {},
    "ListSteps": {"ClusterId": "?"},
    "CancelSteps": {"ClusterId": "?", "StepIds": ["s-1"]},
    "AddTags": {"ResourceId": "?", "Tags": [{"Key": "faulty", "Value": "1"}]},
    "SetTerminationProtection": {"JobFlowIds": ["?"], "TerminationProtected": True},
    "PutAutoTerminationPolicy": {"ClusterId": "?", "AutoTerminationPolicy": {"IdleTimeout": 60}},
}


def test_any_emr_call_fails_by_name_and_does_nothing(emr, cluster, faults):
    before = emr.cluster(cluster)
    for operation, asked in CALLS.items():
        order(faults, "throttle", service="emr", operation=operation)
        filled = {
            key: [cluster] if value == ["?"] else cluster if value == "?" else value for key, value in asked.items()
        }
        call = getattr(emr.client, camelcase_to_underscores(operation))
        assert failed(call, **filled) == (400, "ThrottlingException", "Rate exceeded"), operation
    assert hits(faults) == [1] * len(CALLS)
    assert emr.cluster(cluster) == before
    assert cluster in {item["Id"] for item in emr.client.list_clusters(ClusterStates=["WAITING"])["Clusters"]}


def test_any_glue_call_fails_by_name(aws, faults):
    glue = aws.client("glue")
    for operation in ("GetJobRun", "StartJobRun", "BatchStopJobRun"):
        asked = {"GetJobRun": {"RunId": "r"}, "BatchStopJobRun": {"JobRunIds": ["r"]}}.get(operation, {})
        order(faults, "throttle", service="glue", operation=operation)
        call = getattr(glue, camelcase_to_underscores(operation))
        assert failed(call, JobName="none", **asked) == (400, "ThrottlingException", "Rate exceeded")


def test_s3_is_unavailable_until_the_time_is_over_or_the_fault_cleared(aws, emr, cluster, faults, wait):
    address = aws.put("outage/key", "value")
    fault = order(faults, "s3-unavailable")
    assert failed(aws.client("s3").get_object, Bucket="lake", Key="outage/key")[:2] == (503, "ServiceUnavailable")
    assert emr.run(cluster, "true")[1]["State"] == "COMPLETED"
    faults.delete(f"/{fault}")
    assert aws.get(address) == b"value"
    order(faults, "s3-unavailable", seconds=0.3)
    assert failed(aws.client("s3").list_buckets)[0] == 503
    wait(lambda: faults.get("").json()["Faults"] == [])
    assert aws.get(address) == b"value"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"kind": "flood"}, "no fault of kind 'flood': one of throttle, deny"),
        ({"kind": "deny", "step": "x"}, "a deny fault has no 'step': it takes service, operation, times"),
        ({"kind": "deny", "times": "2"}, "times must be int, got '2'"),
        ({"kind": "delay", "seconds": -1}, "must not be negative"),
    ],
)
def test_orders_that_make_no_sense_are_refused(faults, asked, message):
    answer = faults.post("", json=asked)
    assert answer.status_code == 400
    assert message in answer.json()["error"]


def test_the_command_adds_lists_and_clears(aws, emr):
    def command(*args: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "local_aws", "faults", *args, "--state-file", str(aws.state_file)]
        return subprocess.run(argv, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=30)

    fault = command("add", "throttle", "--operation", "ListClusters", "--times", "3").stdout.strip()
    assert failed(emr.client.list_clusters)[1] == "ThrottlingException"
    [row] = [line.split() for line in command("list").stdout.splitlines() if "throttle" in line]
    assert row == [fault, "throttle", "operation", "ListClusters", "3", "1"]
    assert command("clear", fault).stdout == "cleared 1\n"
    assert command("list").stdout == "no faults\n"
    wrong = command("add", "flood")
    assert wrong.returncode == 1
    assert "no fault of kind 'flood'" in wrong.stderr


def test_the_command_says_when_no_server_answers(tmp_path):
    state = tmp_path / "state.json"
    keys = {"aws_access_key_id": "KEY", "aws_secret_access_key": "SECRET", "region_name": "us-east-1"}
    state.write_text(json.dumps({"endpoint_url": "http://127.0.0.1:9", **keys}))
    argv = [sys.executable, "-m", "local_aws", "faults", "list", "--state-file", str(state)]
    done = subprocess.run(argv, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 1
    assert f"no server of {state} answers" in done.stderr
