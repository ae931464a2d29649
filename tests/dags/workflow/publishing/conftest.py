"""Two services that a deployment names, and the deployment."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from penstock.deployment import VARIABLE, Deployment
from penstock.deployment import Service as Named
from tests.dags.workflow.publishing.service import KEY, Service, running

MODEL = "movie_recommender"
BUNDLES = f"s3://bucket/bundles/{MODEL}"
Deploy = Callable[..., list[Service]]


def connection(service: Service, *, key: str = KEY) -> str:
    return json.dumps({"conn_type": "http", "host": service.url, "password": key})


@pytest.fixture
def deploy(
    _localhost: None, deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Deploy]:
    """Starts services and names them in the deployment that tasks read."""
    with ExitStack() as stack:

        def start(*services: Service) -> list[Service]:
            started = [stack.enter_context(running(each)) for each in services]
            names = [f"movies-{place}" for place in range(len(started))]
            for name, each in zip(names, started, strict=True):
                monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", connection(each))
            named = [Named(name=name, model=MODEL, conn_id=name) for name in names]
            file = tmp_path / "deployment.json"
            file.write_text(replace(deployment, services=named).to_json(), encoding="utf-8")
            monkeypatch.setenv(VARIABLE, str(file))
            return started

        yield start
