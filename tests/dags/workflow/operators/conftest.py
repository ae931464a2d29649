"""A cluster to add steps to, a bucket, and what the local AWS says of its clusters."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook

from tests.dags.workflow.operators.runner import BASICS, BUCKET, POLL

Clients = Callable[[str], Any]


@pytest.fixture(scope="session")
def shared() -> dict[str, Any]:
    """What is made by the first test that needs it, for all."""
    return {}


@pytest.fixture
def clients(emr: dict[str, str], shared: dict[str, Any]) -> Clients:
    """A boto3 client of the local AWS, which has the bucket."""

    def client(service: str) -> Any:
        if service not in shared:
            shared[service] = AwsGenericHook(client_type=service, **emr).conn
        return shared[service]

    if "bucket" not in shared:
        client("s3").create_bucket(Bucket=BUCKET)
        shared["bucket"] = BUCKET
    return client


@pytest.fixture
def operator(emr: dict[str, str]) -> dict[str, Any]:
    """What every operator is given."""
    retries = {"retries": {"mode": "standard", "total_max_attempts": 2}}
    return {
        **emr,
        "task_id": "train_model",
        "deployment": "test",
        "poll_seconds": POLL,
        "botocore_config": retries,
        "execution_timeout": timedelta(seconds=60),
        "retries": 2,
        "deferrable": False,
    }


@pytest.fixture
def cluster(clients: Clients, shared: dict[str, Any]) -> str:
    """Takes many steps at once, and no test ends it."""
    if "cluster" not in shared:
        shared["cluster"] = clients("emr").run_job_flow(Name="shared", **BASICS)["JobFlowId"]
    return str(shared["cluster"])


@pytest.fixture
def ends(clients: Clients) -> Iterator[list[str]]:
    """Clusters that are to end with the test."""
    made: list[str] = []
    yield made
    for each in made:
        clients("emr").set_termination_protection(JobFlowIds=[each], TerminationProtected=False)
    if made:
        clients("emr").terminate_job_flows(JobFlowIds=made)
