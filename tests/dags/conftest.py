"""The DAG tier: a throwaway Airflow home, a deployment of its own, and no network."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_socket import disable_socket, enable_socket

from penstock.deployment import VARIABLE, Deployment

DAGS = Path(__file__).parents[2] / "dags"
DEPLOYMENT = Deployment(
    name="test",
    root="s3://bucket/prefix",
    code_sha="c0ffee",
    region="eu-central-1",
    mlflow_tracking_uri="http://127.0.0.1:1",
    emr_service_role="EMR_DefaultRole",
    emr_instance_profile="EMR_EC2_DefaultRole",
    glue_role="arn:aws:iam::123456789012:role/penstock-glue",
    glue_database="penstock",
    aws_conn_id="penstock_test",
    subnet_ids=["subnet-0a", "subnet-0b"],
    poll_seconds=30,
)


def _configure(home: Path) -> None:
    """Airflow reads its settings when it is first imported, so they stand here and not in a fixture."""
    deployment = home / "deployment.json"
    deployment.write_text(DEPLOYMENT.to_json(), encoding="utf-8")
    os.environ |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        VARIABLE: str(deployment),
    }


HOME = Path(tempfile.mkdtemp(prefix="penstock-dags-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
_configure(HOME)


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(scope="session")
def deployment() -> Deployment:
    return DEPLOYMENT
