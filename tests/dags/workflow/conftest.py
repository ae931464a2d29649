"""The workflow's parts, and real servers for those that talk to one: moto for S3 and Glue, MLflow for the registry."""

import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from airflow.sdk import DAG
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from pytest_socket import enable_socket, socket_allow_hosts

from workflow.recommender.flow import RecommenderFlow

Fault = Callable[..., None]
"""Takes the kind of a fault and its options (local_aws/README.md)."""

REPOSITORY = Path(__file__).parents[3]
LOCAL_PYTHON = os.environ.get("PENSTOCK_LOCAL_PYTHON") or str(Path(sys.prefix).with_name("local") / "bin/python")
"""The environment beside this one: `.venv/local` beside `.venv/airflow`."""
START_SECONDS = 120


@pytest.fixture(scope="session")
def flow() -> RecommenderFlow:
    return RecommenderFlow.load(str(REPOSITORY / "dags/movie_recommender.py"))


@pytest.fixture(scope="session")
def dag() -> DAG:
    return importlib.import_module("movie_recommender").dag


@pytest.fixture
def _localhost(_no_network: None) -> None:
    enable_socket()
    socket_allow_hosts(["127.0.0.1"])


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    with _server(
        lambda port: ["-m", "moto.server", "--host", "127.0.0.1", "--port", port], "/moto-api/data.json"
    ) as url:
        yield url


@pytest.fixture
def aws(moto_url: str, _localhost: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """How a provider's hook reaches an empty moto."""
    request = urllib.request.Request(f"{moto_url}/moto-api/reset", method="POST")
    urllib.request.urlopen(request, timeout=10).close()
    connection = {"conn_type": "aws", "login": "test", "password": "test", "extra": {"endpoint_url": moto_url}}
    monkeypatch.setenv("AIRFLOW_CONN_PENSTOCK_TEST", json.dumps(connection))
    return {"aws_conn_id": "penstock_test", "region_name": "us-east-1"}


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """EMR, Glue and S3 that execute, where moto's steps never end: its endpoints and keys."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        s3_port = str(free.getsockname()[1])
    root = tmp_path_factory.mktemp("aws")
    state = root / "state.json"
    spark_python = os.environ.get("PENSTOCK_SPARK_PYTHON") or str(Path(sys.prefix).with_name("spark") / "bin/python")
    options = ["--root", str(root), "--state-file", str(state), "--s3-port", s3_port, "--no-warm-up"]
    command = ["-m", "local_aws", *options, "--spark-python", spark_python]
    with _server(lambda port: [*command, "--port", port], "/_local_aws/health"):
        yield json.loads(state.read_text(encoding="utf-8"))


@pytest.fixture
def emr(local_aws: dict[str, str], _localhost: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """How a provider's hook reaches a local EMR."""
    s3 = {"s3": {"endpoint_url": local_aws["s3_endpoint_url"]}}
    connection = {
        "conn_type": "aws",
        "login": local_aws["aws_access_key_id"],
        "password": local_aws["aws_secret_access_key"],
        "extra": {"endpoint_url": local_aws["endpoint_url"], "service_config": s3},
    }
    monkeypatch.setenv("AIRFLOW_CONN_PENSTOCK_TEST", json.dumps(connection))
    return {"aws_conn_id": "penstock_test", "region_name": "us-east-1"}


@pytest.fixture
def fault(local_aws: dict[str, str], emr: dict[str, str]) -> Iterator[Fault]:
    """Orders what is to go wrong at the local AWS; all is forgotten afterwards."""
    url = f"{local_aws['endpoint_url']}/_local_aws/faults"
    keys = Credentials(local_aws["aws_access_key_id"], local_aws["aws_secret_access_key"])

    def ask(method: str, body: bytes = b"") -> None:
        request = AWSRequest(method, url, {"Content-Type": "application/json"}, data=body)
        SigV4Auth(keys, "local-aws", local_aws["region_name"]).add_auth(request)
        sent = urllib.request.Request(url, body or None, dict(request.headers.items()), method=method)
        urllib.request.urlopen(sent, timeout=10).close()

    yield lambda kind, **order: ask("POST", json.dumps({"kind": kind, **order}).encode())
    ask("DELETE")


@pytest.fixture(scope="session")
def mlflow_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("mlflow")
    options = ["--backend-store-uri", f"sqlite:///{home}/mlflow.db", "--default-artifact-root", str(home / "artifacts")]
    command = ["-m", "mlflow", "server", "--host", "127.0.0.1", "--workers", "1", *options]
    with _server(lambda port: [*command, "--port", port], "/health") as url:
        yield url


@pytest.fixture
def tracking_uri(mlflow_url: str, _localhost: None) -> str:
    return mlflow_url


@contextmanager
def _server(command: Callable[[str], list[str]], health: str) -> Iterator[str]:
    """Run a server of the local environment in a session of its own until the tests are over."""
    enable_socket()
    socket_allow_hosts(["127.0.0.1"])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    process = subprocess.Popen(
        [LOCAL_PYTHON, *command(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _wait_until_healthy(process, f"http://127.0.0.1:{port}{health}")
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def _wait_until_healthy(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"{process.args} ended with status {process.returncode}"
        try:
            page = urllib.request.Request(url, headers={"Accept": "text/html"})
            with urllib.request.urlopen(page, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"{url} did not answer within {START_SECONDS} s")
