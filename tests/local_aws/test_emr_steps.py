"""EMR steps: states, failures, cancelling, concurrency."""

import time

import pytest


def test_a_plain_command_runs_and_leaves_its_logs(aws, emr, cluster):
    step_id, status = emr.run(cluster, "bash", "-c", "echo out; echo err >&2; echo $EMR_STEP_ID $FLAVOUR")
    assert status["State"] == "COMPLETED"
    assert status["Timeline"]["StartDateTime"] <= status["Timeline"]["EndDateTime"]
    folder = f"s3://lake/logs/{cluster}/steps/{step_id}"
    assert aws.log(f"{folder}/stdout.gz") == f"out\n{step_id} vanilla\n"
    assert aws.log(f"{folder}/stderr.gz") == "err\n"
    assert "ended with exit code 0" in aws.log(f"{folder}/controller.gz")


def test_a_script_from_s3_runs_with_its_arguments(aws, emr, cluster):
    script = aws.put("code/hello.sh", '#!/bin/bash\necho "$2-$1"')
    step_id, status = emr.run(cluster, script, "a b", "c", jar="s3://us-east-1.elasticmapreduce/libs/script-runner.jar")
    assert status["State"] == "COMPLETED"
    assert aws.log(f"s3://lake/logs/{cluster}/steps/{step_id}/stdout.gz") == "c-a b\n"


def test_boto3_inside_a_step_finds_the_same_aws(aws, emr, cluster):
    code = "import os; print(os.environ['AWS_ENDPOINT_URL'], os.environ['AWS_ENDPOINT_URL_S3'])"
    step_id, _ = emr.run(cluster, "python3", "-c", code)
    expected = f"{aws.connection['endpoint_url']} {aws.connection['s3_endpoint_url']}\n"
    assert aws.log(f"s3://lake/logs/{cluster}/steps/{step_id}/stdout.gz") == expected


def test_what_a_step_writes_to_the_buckets_is_seen_when_it_is_completed(aws, emr, cluster):
    assert aws.keys("late/") == []
    target = aws.root / "s3/lake/late"
    emr.run(cluster, "bash", "-c", f"mkdir -p {target} && echo x > {target}/file")
    assert aws.keys("late/") == ["late/file"]


def test_what_a_running_step_writes_and_writes_again_is_seen_meanwhile(aws, emr, cluster):
    folder = aws.root / "s3/lake/meanwhile"
    write = f"mkdir -p {folder}; for text in a bcd; do echo $text > {folder}/file; sleep 6; done"
    (step_id,) = emr.add(cluster, emr.step("bash", "-c", write))
    sizes = set()
    while emr.status(cluster, step_id)["State"] != "COMPLETED":
        listed = aws.client("s3").list_objects_v2(Bucket="lake", Prefix="meanwhile/").get("Contents", [])
        sizes |= {each["Size"] for each in listed}
        time.sleep(0.2)
    assert sizes == {2, 4}


def test_emrs_own_debugging_step_ends_no_cluster(emr, cluster):
    _, status = emr.run(cluster, "state-pusher-script")
    assert status["State"] == "COMPLETED"


def test_a_failed_step_says_why(aws, emr, cluster):
    step_id, status = emr.run(cluster, "bash", "-c", "echo 'no such table: ratings' >&2; exit 3")
    assert status["State"] == "FAILED"
    assert status["FailureDetails"] == {
        "Reason": "Unknown Error.",
        "Message": "no such table: ratings",
        "LogFile": f"s3://lake/logs/{cluster}/steps/{step_id}/stderr.gz",
    }
    assert emr.until(cluster, "WAITING")


@pytest.mark.parametrize(
    ("jar", "args", "message"),
    [
        ("s3://lake/own.jar", ["x"], "only command-runner.jar and script-runner.jar are executed here"),
        ("script-runner.jar", ["s3://lake/code/none.sh"], "no object at s3://lake/code/none.sh"),
        ("script-runner.jar", ["s3://lake/../../../etc/passwd"], "not an S3 address"),
        ("command-runner.jar", ["no-such-command"], "no-such-command: No such file or directory"),
    ],
)
def test_a_step_that_cannot_start_fails_with_the_reason(emr, cluster, jar, args, message):
    _, status = emr.run(cluster, *args, jar=jar)
    assert status["State"] == "FAILED"
    assert message in status["FailureDetails"]["Message"]


def test_steps_run_one_after_the_other_by_default(emr, cluster):
    first, second = emr.add(cluster, emr.step("sleep", "0.2"), emr.step("true"))
    assert emr.status(cluster, second)["State"] == "PENDING"
    begin = emr.until_step(cluster, second)["Timeline"]["StartDateTime"]
    assert emr.status(cluster, first)["Timeline"]["EndDateTime"] <= begin


def test_two_steps_run_at_once_at_concurrency_level_two(emr):
    cluster_id = emr.create(StepConcurrencyLevel=2)
    ids = emr.add(cluster_id, *[emr.step("sleep", "0.4")] * 2, emr.step("true"))
    first, second, third = (emr.until_step(cluster_id, step_id)["Timeline"] for step_id in ids)
    assert second["StartDateTime"] < first["EndDateTime"]
    assert first["StartDateTime"] < second["EndDateTime"]
    assert third["StartDateTime"] >= min(first["EndDateTime"], second["EndDateTime"])
    emr.client.terminate_job_flows(JobFlowIds=[cluster_id])


def test_modify_cluster_lets_a_waiting_step_begin(emr):
    cluster_id = emr.create()
    first, second = emr.add(cluster_id, emr.step("sleep", "600"), emr.step("true"))
    emr.until_step(cluster_id, first, "RUNNING")
    assert emr.client.modify_cluster(ClusterId=cluster_id, StepConcurrencyLevel=2)["StepConcurrencyLevel"] == 2
    assert emr.until_step(cluster_id, second)["State"] == "COMPLETED"
    emr.client.terminate_job_flows(JobFlowIds=[cluster_id])


def test_a_failure_that_continues_leaves_the_next_step_alone(emr):
    cluster_id = emr.create([emr.step("false"), emr.step("true")], keep=False)
    reason = emr.until(cluster_id, "TERMINATED")["Status"]["StateChangeReason"]
    assert emr.states(cluster_id) == ["FAILED", "COMPLETED"]
    assert reason == {"Code": "ALL_STEPS_COMPLETED", "Message": "Steps completed with errors"}


def test_a_failure_that_cancels_leaves_the_cluster_waiting(emr):
    cluster_id = emr.create([emr.step("false", on_failure="CANCEL_AND_WAIT"), emr.step("true"), emr.step("true")])
    emr.until(cluster_id, "WAITING")
    assert emr.states(cluster_id) == ["FAILED", "CANCELLED", "CANCELLED"]
    assert emr.run(cluster_id, "true")[1]["State"] == "COMPLETED"
    emr.client.terminate_job_flows(JobFlowIds=[cluster_id])


@pytest.mark.parametrize("action", ["TERMINATE_CLUSTER", "TERMINATE_JOB_FLOW"])
def test_a_failure_that_terminates_ends_the_cluster_with_errors(emr, action):
    cluster_id = emr.create([emr.step("false", on_failure=action), emr.step("true")])
    reason = emr.until(cluster_id, "TERMINATED_WITH_ERRORS")["Status"]["StateChangeReason"]
    assert reason == {"Code": "STEP_FAILURE", "Message": "Shut down as step failed"}
    assert emr.states(cluster_id) == ["FAILED", "CANCELLED"]


def test_a_protected_cluster_outlives_a_failure_that_terminates(emr):
    steps = [emr.step("false", on_failure="TERMINATE_CLUSTER"), emr.step("true")]
    cluster_id = emr.create(steps, Instances={"TerminationProtected": True})
    emr.until(cluster_id, "WAITING")
    assert emr.states(cluster_id) == ["FAILED", "CANCELLED"]
    emr.client.set_termination_protection(JobFlowIds=[cluster_id], TerminationProtected=False)
    emr.client.terminate_job_flows(JobFlowIds=[cluster_id])


def test_pending_and_running_steps_can_be_cancelled(emr, cluster):
    running, pending = emr.add(cluster, emr.step("sleep", "600"), emr.step("true"))
    emr.until_step(cluster, running, "RUNNING")
    answer = emr.client.cancel_steps(ClusterId=cluster, StepIds=[pending, running])
    assert answer["CancelStepsInfoList"] == [
        {"StepId": pending, "Status": "SUBMITTED"},
        {"StepId": running, "Status": "SUBMITTED"},
    ]
    assert emr.until_step(cluster, running)["State"] == "CANCELLED"
    assert emr.status(cluster, pending)["State"] == "CANCELLED"
    again = emr.client.cancel_steps(ClusterId=cluster, StepIds=[running])["CancelStepsInfoList"]
    assert again == [{"StepId": running, "Status": "FAILED", "Reason": "Cannot cancel step in state CANCELLED"}]


def test_a_step_that_ignores_the_interrupt_needs_terminate_process(aws, emr, cluster, wait):
    [step_id] = emr.add(cluster, emr.step("bash", "-c", "trap 'echo no' TERM; echo up; while :; do sleep 0.05; done"))
    output = aws.root / f"work/emr/{cluster}/steps/{step_id}/stdout"
    wait(lambda: output.exists() and "up" in output.read_text())
    emr.client.cancel_steps(ClusterId=cluster, StepIds=[step_id], StepCancellationOption="SEND_INTERRUPT")
    wait(lambda: "no" in output.read_text())
    assert emr.status(cluster, step_id)["State"] == "CANCEL_PENDING"
    emr.client.cancel_steps(ClusterId=cluster, StepIds=[step_id], StepCancellationOption="TERMINATE_PROCESS")
    assert emr.until_step(cluster, step_id)["State"] == "CANCELLED"
