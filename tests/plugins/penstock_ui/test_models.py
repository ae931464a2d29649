"""The models page and the form behind it, against a real MLflow."""

import socket
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from mlflow.entities import Metric
from mlflow.tracking import MlflowClient

from penstock.deployment import VARIABLE, Deployment
from penstock_ui import models
from tests.plugins.penstock_ui.server import DAG_ID, Browser, runs

pytestmark = pytest.mark.timeout(180)


def deployed(at: str, deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "deployment.json"
    path.write_text(replace(deployment, mlflow_tracking_uri=at).to_json(), encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(path))
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")


@pytest.fixture
def mlflow(
    tracking_uri: str, deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MlflowClient]:
    deployed(tracking_uri, deployment, tmp_path, monkeypatch)
    found = MlflowClient(tracking_uri)
    yield found
    for model in found.search_registered_models():
        found.delete_registered_model(model.name)


def versions(mlflow: MlflowClient, dag_id: str, ndcgs: list[float]) -> str:
    """A model with one version per value, the last the champion."""
    name = f"model_{uuid.uuid4().hex}"
    mlflow.create_registered_model(name)
    experiment = mlflow.create_experiment(name)
    for number, ndcg in enumerate(ndcgs):
        run = mlflow.create_run(experiment).info.run_id
        measured = {"ndcg_at_k": ndcg, "popularity.ndcg_at_k": 0.1, "training_seconds": 12.0}
        mlflow.log_batch(run, [Metric(metric, value, 0, 0) for metric, value in measured.items()])
        tags = {"penstock.run": f"{dag_id}/run+{number}"}
        version = mlflow.create_model_version(name, f"s3://bucket/models/{number}", run, tags=tags)
    mlflow.set_registered_model_alias(name, "champion", version.version)
    return name


def test_an_empty_registry_says_how_a_model_comes_there(browser: Browser, mlflow: MlflowClient) -> None:
    answer = browser.get("/models")
    assert answer.status_code == 200
    assert "No model is registered yet." in answer.text


def test_a_model_is_shown_with_its_champion_runs_and_metrics(browser: Browser, mlflow: MlflowClient) -> None:
    name = versions(mlflow, DAG_ID, [0.25, 0.5, 0.3])
    mlflow.set_registered_model_alias(name, "champion", "2")
    page = browser.get("/models").text
    row = next(each for each in page.split("<tr>") if "champion</span>" in each)
    assert f"/#/models/{name}/versions/2" in row
    assert f'href="/dags/{DAG_ID}/runs/run%2B1"' in row
    assert '<td class="number">0.5000</td>' in row
    assert page.count("champion</span>") == 1
    assert 'aria-label="ndcg_at_k by version. version 1: 0.25, version 2: 0.5, version 3: 0.3."' in page
    assert page.count('class="champion"><title>Version 2: 0.5</title>') == 1
    assert "popularity.ndcg_at_k" not in page
    assert "training_seconds" not in page


def test_a_model_of_a_dag_that_the_user_may_not_read_is_not_shown(browser: Browser, mlflow: MlflowClient) -> None:
    name = versions(mlflow, "secret", [0.5])
    assert name not in browser.get("/models", "admin").text


def test_markup_in_a_model_stays_text(browser: Browser, mlflow: MlflowClient) -> None:
    name = versions(mlflow, DAG_ID, [0.5])
    mlflow.set_model_version_tag(name, "1", "penstock.run", f"{DAG_ID}/<script>alert(1)</script>")
    page = browser.get("/models").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_pages_run_nothing_but_their_own_script(browser: Browser, mlflow: MlflowClient) -> None:
    policy = browser.get("/models").headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'self'" in policy


def test_only_who_may_start_a_rollback_sees_the_way_to_it(browser: Browser, mlflow: MlflowClient) -> None:
    name = versions(mlflow, DAG_ID, [0.25, 0.5])
    assert "/models/rollback" not in browser.get("/models", "viewer").text
    page = browser.get("/models", "admin").text
    assert f'href="/penstock/models/rollback?model={name}&amp;version=1">Make champion</a>' in page
    assert f'href="/penstock/models/rollback?model={name}&amp;version=">Roll back</a>' in page


@pytest.mark.usefixtures("_localhost")
def test_a_registry_that_refuses_is_a_sentence(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    answer = browser.get("/models")
    assert answer.status_code == 503
    assert "The model registry at http://127.0.0.1:1 does not answer" in answer.text
    assert "start MLflow again" in answer.text


@pytest.mark.usefixtures("_localhost")
def test_a_registry_that_is_silent_is_not_waited_for(
    browser: Browser, deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        deployed(f"http://127.0.0.1:{silent.getsockname()[1]}", deployment, tmp_path, monkeypatch)
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "2")
        answer = browser.get("/models")
    assert answer.status_code == 503
    assert "does not answer: no answer within 0.2 s" in answer.text


def test_the_form_says_what_it_starts(browser: Browser, mlflow: MlflowClient, rollback_dag: str) -> None:
    name = versions(mlflow, DAG_ID, [0.25, 0.5])
    page = browser.get(f"/models/rollback?model={name}&version=1", "admin").text
    assert f"<h1>Make version 1 the champion of {name}</h1>" in page
    assert "Champion now: version 2." in page
    assert f'<form method="post" action="/penstock/models/rollback?model={name}&amp;version=1">' in page
    back = browser.get(f"/models/rollback?model={name}", "admin").text
    assert f"<h1>Roll {name} back to the champion before this one</h1>" in back


def test_the_form_starts_a_run_in_the_users_name(browser: Browser, mlflow: MlflowClient, rollback_dag: str) -> None:
    name = versions(mlflow, DAG_ID, [0.25, 0.5])
    answer = browser.post(f"/models/rollback?model={name}&version=1", origin="http://airflow")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/penstock/models/rollback/started?run_id=manual__")
    assert runs("rollback_model") == [({"model": name, "version": "1"}, "admin")]
    started = browser.get(answer.headers["location"].removeprefix("/penstock"), "admin")
    assert "<h1>rollback_model is queued</h1>" in started.text
    assert f"for {name}." in started.text


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [("model=none", "There is no model none"), ("model={name}&version=7", "{name} has no version 7")],
)
def test_what_the_registry_does_not_have_starts_nothing(
    browser: Browser, mlflow: MlflowClient, rollback_dag: str, asked: str, sentence: str
) -> None:
    name = versions(mlflow, DAG_ID, [0.25, 0.5])
    for send in (browser.get, browser.post):
        answer = send(f"/models/rollback?{asked.format(name=name)}", "admin")
        assert answer.status_code == 404
        assert sentence.format(name=name) in answer.text


def test_without_its_dag_there_is_no_form(browser: Browser, mlflow: MlflowClient) -> None:
    name = versions(mlflow, DAG_ID, [0.25, 0.5])
    answer = browser.get(f"/models/rollback?model={name}&version=1", "admin")
    assert answer.status_code == 404
    assert "Airflow has no DAG rollback_model, which sets the champion" in answer.text
