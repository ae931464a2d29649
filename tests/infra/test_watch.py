"""The function that counts old clusters, as it stands in the template, against the local AWS."""

from typing import Any

import pytest

from tests.infra.conftest import Deployed
from tests.infra.stacks import template


@pytest.fixture
def count(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The handler, in the environment that Lambda gives it."""
    connection = deployed.connection
    for name, value in {
        "AWS_ENDPOINT_URL": connection["endpoint_url"],
        "AWS_ACCESS_KEY_ID": connection["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": connection["aws_secret_access_key"],
        "AWS_DEFAULT_REGION": connection["region_name"],
        "NO_PROXY": "127.0.0.1",
        "DEPLOYMENT": "dev",
    }.items():
        monkeypatch.setenv(name, value)
    found: dict[str, Any] = {}
    exec(template("alarms")["Resources"]["Watch"]["Properties"]["Code"]["ZipFile"], found)
    return found["count"]


def cluster(deployed: Deployed, name: str) -> str:
    group = {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}
    answer = deployed.client("emr").run_job_flow(
        Name=name,
        ReleaseLabel="emr-7.13.0",
        ServiceRole="service",
        JobFlowRole="instance",
        Instances={"InstanceGroups": [group], "KeepJobFlowAliveWhenNoSteps": True},
    )
    return str(answer["JobFlowId"])


def test_it_counts_the_deployments_old_clusters(
    deployed: Deployed, count: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, other = cluster(deployed, "dev-movie_recommender-run"), cluster(deployed, "prod-movie_recommender-run")
    monkeypatch.setenv("HOURS", "1")
    assert count({}, None) == []
    monkeypatch.setenv("HOURS", "-1")  # as if in an hour, when they are older than none
    assert count({}, None) == [mine]
    emr = deployed.client("emr")
    emr.terminate_job_flows(JobFlowIds=[mine, other])
    metrics = deployed.client("cloudwatch").list_metrics(Namespace="Penstock")["Metrics"]
    assert {(each["MetricName"], each["Dimensions"][0]["Value"]) for each in metrics} == {("OldClusters", "dev")}
