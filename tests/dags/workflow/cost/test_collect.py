"""From clusters and job runs that were, to what they used."""

import time
from datetime import UTC, datetime
from typing import Any

from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook

from workflow.cost.actual import actual
from workflow.cost.collect import collect_usage
from workflow.cost.prices import Prices

USD = {("ec2", "m7g.xlarge"): 0.1632, ("emr", "m7g.xlarge"): 0.0408, ("ec2", "r7g.xlarge"): 0.2142}
PRICES = Prices(region="us-east-1", source="test", date="2026-01-02", usd={**USD, ("emr", "r7g.xlarge"): 0.05})
DEADLINE_SECONDS = 60


def client(service: str, aws: dict[str, str]) -> Any:
    return AwsBaseHook(client_type=service, **aws).get_conn()


def run_and_end_a_cluster(emr: Any) -> str:
    groups = [
        {"InstanceRole": "MASTER", "InstanceType": "m7g.xlarge", "InstanceCount": 1},
        {"InstanceRole": "CORE", "InstanceType": "r7g.xlarge", "InstanceCount": 2},
    ]
    roles = {"JobFlowRole": "EMR_EC2_DefaultRole", "ServiceRole": "EMR_DefaultRole"}
    instances = {"InstanceGroups": groups, "KeepJobFlowAliveWhenNoSteps": True}
    cluster: str = emr.run_job_flow(Name="cost", ReleaseLabel="emr-7.13.0", Instances=instances, **roles)["JobFlowId"]
    wait_for(emr, cluster, {"WAITING", "RUNNING"})
    emr.terminate_job_flows(JobFlowIds=[cluster])
    wait_for(emr, cluster, {"TERMINATED"})
    return cluster


def wait_for(emr: Any, cluster: str, states: set[str]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while (state := emr.describe_cluster(ClusterId=cluster)["Cluster"]["Status"]["State"]) not in states:
        assert time.monotonic() < deadline, f"{cluster} is still {state}"
        time.sleep(0.1)


def test_a_cluster_that_was_costs_a_minute_at_least_of_every_instance(emr: dict[str, str]) -> None:
    cluster = run_and_end_a_cluster(client("emr", emr))
    usage = collect_usage(**emr, clusters=[cluster])
    found = actual(usage, PRICES, now=datetime.now(UTC), simulated=True)
    assert [(line.name, line.item, line.count) for line in found.lines] == [
        (cluster, "EC2 m7g.xlarge on demand", 1),
        (cluster, "EMR fee of m7g.xlarge", 1),
        (cluster, "EC2 r7g.xlarge on demand", 2),
        (cluster, "EMR fee of r7g.xlarge", 2),
    ]
    assert [line.quantity for line in found.lines] == [0.016667, 0.016667, 0.033333, 0.033333]
    assert (found.usd, found.final, found.unknown) == (0.012207, True, [])


def test_job_runs_of_glue_and_of_serverless_applications(aws: dict[str, str]) -> None:
    glue, serverless = client("glue", aws), client("emr-serverless", aws)
    command = {"Name": "glueetl", "ScriptLocation": "s3://b/clean.py"}
    glue.create_job(Name="clean", Role="glue", Command=command, GlueVersion="5.1")
    glue_run = glue.start_job_run(JobName="clean")["JobRunId"]
    application = serverless.create_application(releaseLabel="emr-7.13.0", type="SPARK")["applicationId"]
    job_run = serverless.start_job_run(
        applicationId=application,
        executionRoleArn="arn:aws:iam::123456789012:role/emr-serverless",
        jobDriver={"sparkSubmit": {"entryPoint": "s3://b/train.py"}},
    )["jobRunId"]

    usage = collect_usage(**aws, glue=[("clean", glue_run)], serverless=[(application, job_run)])

    assert [(run["JobName"], run["Id"]) for run in usage.glue] == [("clean", glue_run)]
    assert [(each.run["jobRunId"], each.architecture) for each in usage.serverless] == [(job_run, "X86_64")]
