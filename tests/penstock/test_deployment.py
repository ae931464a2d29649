"""The deployment document and how it is found."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from penstock.deployment import FILE, VARIABLE, Deployment, Service
from penstock.errors import DeploymentError

DEPLOYMENT = Deployment(
    name="local",
    root="s3://penstock-local",
    code_sha="abc",
    region="us-east-1",
    mlflow_tracking_uri="http://127.0.0.1:8083",
    emr_service_role="EMR_DefaultRole",
    emr_instance_profile="EMR_EC2_DefaultRole",
    glue_role="penstock-glue",
    glue_database="penstock",
)


def test_it_is_loaded_from_the_file_that_the_variable_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "deployment.json"
    path.write_text(DEPLOYMENT.to_json(), encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(path))
    assert Deployment.load() == DEPLOYMENT
    assert Deployment.load().code.jobs_zip == "s3://penstock-local/code/abc/jobs.zip"


def test_without_the_variable_it_is_that_of_the_dags_and_else_that_of_the_plugins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    for folder, code in (("plugins", ""), ("dags", "abc")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / FILE).write_text(replace(DEPLOYMENT, code_sha=code).to_json(), encoding="utf-8")
        assert Deployment.load().code_sha == code
    path = tmp_path / "named.json"
    path.write_text(replace(DEPLOYMENT, code_sha="named").to_json(), encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(path))
    assert Deployment.load().code_sha == "named"


@pytest.mark.parametrize(("home", "shown"), [(None, "not set"), ("/nowhere/airflow", "/nowhere/airflow")])
def test_an_unset_variable_names_the_remedy(monkeypatch: pytest.MonkeyPatch, home: str | None, shown: str) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.delenv("AIRFLOW_HOME", raising=False)
    if home:
        monkeypatch.setenv("AIRFLOW_HOME", home)
    with pytest.raises(DeploymentError) as caught:
        Deployment.load()
    assert str(caught.value) == (
        "PENSTOCK_DEPLOYMENT is not set. It names the deployment.json that `make up` writes for the local stack; "
        f"without it that file is looked for in dags/ and plugins/ of AIRFLOW_HOME, which is {shown}."
    )


def test_a_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none.json"))
    with pytest.raises(DeploymentError, match=r"none\.json cannot be read: No such file or directory"):
        Deployment.load()


def test_a_field_that_does_not_fit_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "deployment.json"
    path.write_text(DEPLOYMENT.to_json().replace('"poll_seconds": 30', '"poll_seconds": "30"'), encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(path))
    with pytest.raises(DeploymentError, match=r'deployment\.json: poll_seconds: expected int, got str "30"'):
        Deployment.load()


def test_fields_with_defaults_may_be_left_out() -> None:
    data = json.loads(DEPLOYMENT.to_json())
    del data["subnet_ids"], data["aws_conn_id"], data["notify"]
    assert Deployment.from_json(json.dumps(data), "x") == DEPLOYMENT


def test_services_are_found_by_their_model() -> None:
    named = [
        Service(name=name, model=model, conn_id=name)
        for name, model in (("a", "movies"), ("b", "songs"), ("c", "movies"))
    ]
    found = Deployment.from_json(replace(DEPLOYMENT, services=named, sql_conn_id="app").to_json(), "x")
    assert [each.name for each in found.services_of("movies")] == ["a", "c"]
    assert (found.services_of("films"), found.sql_conn_id) == ([], "app")


def test_who_is_told_is_part_of_it() -> None:
    told = ["sns:arn:aws:sns:eu-central-1:123456789012:penstock", "slack:slack_ml", "email:ml@example.org"]
    assert Deployment.from_json(replace(DEPLOYMENT, notify=told).to_json(), "x").notify == told
