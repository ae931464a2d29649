"""The registry against a real MLflow server."""

import uuid
from dataclasses import replace

import pytest
from mlflow.tracking import MlflowClient
from mlflow.tracking.request_header.registry import resolve_request_headers

from tests.dags.workflow import documents
from tests.dags.workflow.documents import TRAINING
from workflow.registry import REPLACED, Champion, Registration, client, find_champion, register

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def mlflow(tracking_uri: str) -> MlflowClient:
    return client(tracking_uri)


@pytest.fixture
def registration() -> Registration:
    """A model with a name of its own: the server outlives a test."""
    return documents.registration(f"model-{uuid.uuid4().hex}")


def champion(registration: Registration) -> Champion:
    """What the registry should say of it."""
    uri = registration.version_uri
    return Champion(uri=f"{uri}/sparkml", split="random 0.2", checks=f"{uri}/checks.json")


def test_a_sagemaker_server_is_reached_by_its_arn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests to SageMaker carry the ARN; without the plugin, or with another global URI, none would."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
    arn = "arn:aws:sagemaker:eu-central-1:123456789012:mlflow-tracking-server/penstock"
    client(arn)
    assert resolve_request_headers()["x-mlflow-sm-tracking-server-arn"] == arn
    client("http://127.0.0.1:1")
    assert "x-mlflow-sm-tracking-server-arn" not in resolve_request_headers()


def test_an_unknown_model_has_no_champion(mlflow: MlflowClient, registration: Registration) -> None:
    assert find_champion(mlflow, registration.name) is None


def test_a_model_without_the_alias_has_no_champion(mlflow: MlflowClient, registration: Registration) -> None:
    mlflow.create_registered_model(registration.name)
    assert find_champion(mlflow, registration.name) is None


def test_a_registered_model_is_the_champion(mlflow: MlflowClient, registration: Registration) -> None:
    assert register(mlflow, registration) == "1"
    assert find_champion(mlflow, registration.name) == champion(registration)
    version = mlflow.get_model_version(registration.name, "1")
    assert version.tags["penstock.run"] == "movie_recommender/manual__1"
    assert version.source == registration.version_uri
    assert version.tags["penstock.evaluation"] == f"{registration.version_uri}/evaluation.json"
    run = mlflow.get_run(version.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params["rank"] == "64"
    assert run.data.metrics == {"ndcg_at_k": 0.3, "training_seconds": 12.5, "popularity.ndcg_at_k": 0.18}


def test_a_retry_registers_nothing_twice(mlflow: MlflowClient, registration: Registration) -> None:
    assert [register(mlflow, registration), register(mlflow, registration)] == ["1", "1"]
    experiment = mlflow.get_experiment_by_name(registration.name)
    assert len(mlflow.search_runs([experiment.experiment_id])) == 1


def test_a_retry_after_logging_reuses_the_run(mlflow: MlflowClient, registration: Registration) -> None:
    """An attempt that died between the MLflow run and the version."""
    register(mlflow, registration)
    mlflow.delete_registered_model(registration.name)
    register(mlflow, registration)
    experiment = mlflow.get_experiment_by_name(registration.name)
    assert len(mlflow.search_runs([experiment.experiment_id])) == 1
    assert find_champion(mlflow, registration.name) == champion(registration)


def test_a_new_training_in_the_same_run_is_a_new_version(mlflow: MlflowClient, registration: Registration) -> None:
    again = documents.registration(registration.name, training=replace(TRAINING, best={"rank": 8}), version=2)
    assert [register(mlflow, registration), register(mlflow, again)] == ["1", "2"]
    assert find_champion(mlflow, registration.name) == champion(again)


def test_a_version_says_which_champion_it_replaced(mlflow: MlflowClient, registration: Registration) -> None:
    again = documents.registration(registration.name, run="movie_recommender/manual__2", version=2)
    register(mlflow, registration)
    register(mlflow, again)
    register(mlflow, again)
    tags = [mlflow.get_model_version(registration.name, number).tags.get(REPLACED) for number in ("1", "2")]
    assert tags == [None, "1"]


@pytest.mark.parametrize("call", ["create_model_version", "set_model_version_tag", "set_registered_model_alias"])
def test_a_crash_before_any_step_leaves_the_old_champion_whole(
    mlflow: MlflowClient, registration: Registration, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    again = documents.registration(registration.name, run="movie_recommender/manual__2", version=2)
    register(mlflow, registration)
    with monkeypatch.context() as broken:
        broken.setattr(mlflow, call, _die)
        with pytest.raises(OSError, match="the worker dies here"):
            register(mlflow, again)
    assert find_champion(mlflow, registration.name) == champion(registration)
    assert register(mlflow, again) == "2"
    assert find_champion(mlflow, registration.name) == champion(again)


def _die(*_: object, **__: object) -> None:
    raise OSError("the worker dies here")
