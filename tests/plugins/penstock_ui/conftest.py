"""The pages below Airflow's own auth manager, middleware and database, and real servers for what they read."""

from collections.abc import Iterator
from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.s3 import S3Hook

from penstock.deployment import Deployment
from penstock.layout import Run, run_key
from tests.dags.conftest import deployment
from tests.dags.workflow.conftest import _localhost, aws, mlflow_url, moto_url, tracking_uri
from tests.plugins.penstock_ui import server
from tests.plugins.penstock_ui.server import Browser

__all__ = ["_localhost", "aws", "deployment", "mlflow_url", "moto_url", "tracking_uri"]


@pytest.fixture(scope="session")
def app() -> Any:
    server.start_database()
    return server.start_app()


@pytest.fixture
def browser(app: Any) -> Browser:
    return Browser(app, server.token)


@pytest.fixture
def run(deployment: Deployment) -> Run:
    """Where the outputs of the run lie."""
    return deployment.layout.run(server.DAG_ID, run_key(server.RUN_ID))


@pytest.fixture
def s3(aws: dict[str, str]) -> Any:
    """An S3 with the deployment's bucket."""
    client = S3Hook(**aws).conn
    client.create_bucket(Bucket="bucket")
    return client


@pytest.fixture
def rollback_dag(app: Any) -> Iterator[str]:
    dag = server.rollback_model()
    server.publish(dag)
    yield dag.dag_id
    server.retire(dag.dag_id)
