"""A local EMR to reap on, and moto's S3 to tidy."""

import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook

from workflow.ownership import DAG, DEPLOYMENT, RUN, as_list

INSTANCES = {"InstanceCount": 1, "MasterInstanceType": "m7g.xlarge", "KeepJobFlowAliveWhenNoSteps": True}
Make = Callable[..., str]


@pytest.fixture
def deployment_name() -> str:
    """One for each test, because the local EMR outlives it."""
    return f"test{uuid.uuid4().hex[:8]}"


@pytest.fixture
def client(emr: dict[str, Any]) -> Any:
    return AwsBaseHook(client_type="emr", **emr).get_conn()


@pytest.fixture
def make(client: Any, deployment_name: str) -> Iterator[Make]:
    """Makes a cluster of a run; `tags` replace all of its own."""
    made: list[str] = []

    def cluster(run: str = "r1", *, protected: bool = False, tags: dict[str, str] | None = None) -> str:
        own = {DEPLOYMENT: deployment_name, DAG: "movie_recommender", RUN: run}
        answer = client.run_job_flow(
            Name=f"{deployment_name}-movie_recommender-{run}",
            ReleaseLabel="emr-7.13.0",
            Instances={**INSTANCES, "TerminationProtected": protected},
            JobFlowRole="EMR_EC2_DefaultRole",
            ServiceRole="EMR_DefaultRole",
            Tags=as_list(own if tags is None else tags),
        )
        made.append(answer["JobFlowId"])
        return made[-1]

    yield cluster
    for each in made:
        client.set_termination_protection(JobFlowIds=[each], TerminationProtected=False)
    client.terminate_job_flows(JobFlowIds=made)


@pytest.fixture
def state(client: Any) -> Callable[[str], str]:
    """The state of a cluster once it has started."""

    def ask(cluster_id: str) -> str:
        deadline = time.monotonic() + 10
        while (found := _state(client, cluster_id)) in {"STARTING", "BOOTSTRAPPING"} and time.monotonic() < deadline:
            time.sleep(0.05)
        return found

    return ask


def _state(client: Any, cluster_id: str) -> str:
    return str(client.describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]["State"])
