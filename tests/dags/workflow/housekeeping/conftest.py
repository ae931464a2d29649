"""A local EMR to reap on, and moto's S3 to tidy."""

import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from mlflow.tracking import MlflowClient

from penstock.housekeeping import RetentionReport
from penstock.layout import Layout
from tests.dags.workflow.housekeeping.shelves import LATER, Models, Tidy
from workflow.housekeeping.retention import Limits, Retention
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


@pytest.fixture
def layout() -> Layout:
    """A root for each test, because the registry outlives it."""
    return Layout(f"s3://bucket/{uuid.uuid4().hex[:8]}")


@pytest.fixture
def s3(aws: dict[str, Any]) -> Any:
    S3Hook(**aws).create_bucket("bucket")
    return S3Hook(**aws).get_conn()


@pytest.fixture
def glue(aws: dict[str, Any]) -> Any:
    return AwsBaseHook(client_type="glue", **aws).get_conn()


@pytest.fixture
def mlflow(tracking_uri: str) -> MlflowClient:
    return MlflowClient(tracking_uri=tracking_uri)


@pytest.fixture
def tidy(s3: Any, glue: Any, mlflow: MlflowClient, layout: Layout) -> Tidy:
    def run(limits: Limits, *, dry_run: bool = False, live: str = "", **other: Any) -> RetentionReport:
        services = {"s3": s3, "glue": glue, "mlflow": mlflow, **other}
        return Retention(
            **services,
            layout=layout,
            glue_database="penstock",
            limits=limits,
            may_be_live=lambda dag, key: f"{dag}/{key}" == live,
            now=LATER,
            dry_run=dry_run,
        ).tidy()

    return run


@pytest.fixture
def models(s3: Any, mlflow: MlflowClient, layout: Layout) -> Models:
    name = f"model_{uuid.uuid4().hex[:8]}"
    mlflow.create_registered_model(name)
    return Models(s3=s3, mlflow=mlflow, layout=layout, name=name)
