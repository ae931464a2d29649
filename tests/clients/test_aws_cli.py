"""The AWS CLI, as a user types it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.clients.local_server import LocalAws, eventually

AWS = str(Path(sys.executable).with_name("aws"))
FAILED = 255  # of version 1, for whatever the service or a waiter refuses; version 2 says 254 for the former
COUNT = """
from pyspark.sql import SparkSession
print("rows", SparkSession.builder.getOrCreate().range(7).count())
"""


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([AWS, *words], capture_output=True, text=True, check=False, timeout=120)


def aws_cli(*words: str) -> Any:
    """Run a command and return what it printed, read as JSON where it is."""
    done = run(*words, "--output", "json") if words[0] != "s3" else run(*words)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout.startswith("{") else done.stdout


def create_cluster(*words: str) -> str:
    machines = ("--instance-type", "m5.xlarge", "--instance-count", "3", "--use-default-roles")
    named = ("--release-label", "emr-7.13.0", "--log-uri", "s3://lake/logs/", "--applications", "Name=Spark")
    return str(aws_cli("emr", "create-cluster", *named, *machines, *words)["ClusterId"])


def until_step(aws: LocalAws, cluster_id: str, step_id: str, *states: str) -> None:
    """Wait here, because the CLI's waiters look every 30 seconds only."""
    emr = aws.client("emr")
    eventually(lambda: emr.describe_step(ClusterId=cluster_id, StepId=step_id)["Step"]["Status"]["State"] in states)


def states(cluster_id: str) -> dict[str, str]:
    """Return the states of a cluster's steps by name, the latest first."""
    listed = aws_cli("emr", "list-steps", "--cluster-id", cluster_id)["Steps"]
    return {step["Name"]: step["Status"]["State"] for step in listed}


def test_a_cluster_runs_the_steps_that_it_is_created_with_and_ends(aws: LocalAws) -> None:
    aws.write("s3://lake/code/count.py", COUNT)
    cluster_id = create_cluster(
        *("--name", "steps", "--auto-terminate", "--tags", "team=ml", "--steps"),
        "Type=Spark,Name=count,ActionOnFailure=CONTINUE,Args=[--deploy-mode,client,s3://lake/code/count.py]",
        "Type=CUSTOM_JAR,Name=hello,ActionOnFailure=CONTINUE,Jar=command-runner.jar,Args=[bash,-c,echo hello]",
    )
    emr = aws.client("emr")
    eventually(lambda: emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]["State"] == "TERMINATED")
    aws_cli("emr", "wait", "cluster-terminated", "--cluster-id", cluster_id)
    cluster = aws_cli("emr", "describe-cluster", "--cluster-id", cluster_id)["Cluster"]
    assert cluster["Status"]["State"] == "TERMINATED"
    assert cluster["Status"]["StateChangeReason"]["Code"] == "ALL_STEPS_COMPLETED"
    assert cluster["Tags"] == [{"Key": "team", "Value": "ml"}]
    asked = {group["InstanceGroupType"]: group["RequestedInstanceCount"] for group in cluster["InstanceGroups"]}
    assert asked == {"MASTER": 1, "CORE": 2}
    steps = aws_cli("emr", "list-steps", "--cluster-id", cluster_id)["Steps"]
    assert [(step["Name"], step["Status"]["State"]) for step in steps] == [
        ("hello", "COMPLETED"),
        ("count", "COMPLETED"),
    ]
    assert steps[1]["Config"]["Args"] == ["spark-submit", "--deploy-mode", "client", "s3://lake/code/count.py"]
    assert aws.log(f"s3://lake/logs/{cluster_id}/steps/{steps[1]['Id']}/stdout.gz") == "rows 7\n"


def test_a_cluster_that_stays_takes_steps_and_attributes_until_it_is_terminated(aws: LocalAws) -> None:
    cluster_id = create_cluster("--name", "stays", "--no-auto-terminate", "--termination-protected")
    aws_cli("emr", "wait", "cluster-running", "--cluster-id", cluster_id)
    added = aws_cli(
        *("emr", "add-steps", "--cluster-id", cluster_id, "--steps"),
        "Type=CUSTOM_JAR,Name=bad,ActionOnFailure=CONTINUE,Jar=command-runner.jar,Args=[bash,-c,exit 3]",
        "Type=CUSTOM_JAR,Name=long,ActionOnFailure=CONTINUE,Jar=command-runner.jar,Args=[sleep,300]",
        "Type=CUSTOM_JAR,Name=next,ActionOnFailure=CONTINUE,Jar=command-runner.jar,Args=[true]",
    )
    bad, long, following = added["StepIds"]
    until_step(aws, cluster_id, bad, "FAILED")
    failed = run("emr", "wait", "step-complete", "--cluster-id", cluster_id, "--step-id", bad)
    assert failed.returncode == FAILED
    assert "Waiter StepComplete failed: Waiter encountered a terminal failure state" in failed.stderr
    until_step(aws, cluster_id, long, "RUNNING")
    cancel = ("emr", "cancel-steps", "--cluster-id", cluster_id, "--step-ids", following, long)
    asked = aws_cli(*cancel, "--step-cancellation-option", "TERMINATE_PROCESS")["CancelStepsInfoList"]
    assert [(info["StepId"], info["Status"]) for info in asked] == [(following, "SUBMITTED"), (long, "SUBMITTED")]
    until_step(aws, cluster_id, long, "CANCELLED")
    assert states(cluster_id) == {"next": "CANCELLED", "long": "CANCELLED", "bad": "FAILED"}
    refused = run("emr", "terminate-clusters", "--cluster-ids", cluster_id)
    assert refused.returncode == FAILED
    assert "(ValidationException) when calling the TerminateJobFlows operation" in refused.stderr
    attributes = ("--no-termination-protected", "--no-auto-terminate")
    aws_cli("emr", "modify-cluster-attributes", "--cluster-id", cluster_id, *attributes)
    aws_cli("emr", "terminate-clusters", "--cluster-ids", cluster_id)
    aws_cli("emr", "wait", "cluster-terminated", "--cluster-id", cluster_id)
    listed = aws_cli("emr", "list-clusters", "--terminated")["Clusters"]
    assert {"Id": cluster_id, "State": "TERMINATED"} in [
        {"Id": each["Id"], "State": each["Status"]["State"]} for each in listed
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("emr list-steps --cluster-id j-NOBODY", "(InvalidRequestException) .* Cluster id 'j-NOBODY' is not valid."),
        ("glue get-job --job-name nobody", "(EntityNotFoundException) .* Job nobody not found."),
        (
            "emr-serverless get-application --application-id nobody",
            "(ResourceNotFoundException) .* Application nobody does not exist",
        ),
    ],
)
def test_a_rejected_request_ends_with_the_code_and_the_words_of_aws(words: str, message: str) -> None:
    done = run(*words.split())
    operation = "".join(word.title() for word in words.split()[1].split("-"))
    expected = message.replace(".*", f"when calling the {operation} operation:")
    assert (done.returncode, done.stderr.strip()) == (FAILED, f"An error occurred {expected}")
