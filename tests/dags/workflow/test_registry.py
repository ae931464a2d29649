"""The registry against a real MLflow server."""

import uuid
from dataclasses import replace

import pytest
from mlflow.tracking import MlflowClient

from tests.dags.workflow.documents import EVALUATION, TRAINING
from workflow.registry import Champion, Registration, client, find_champion, register

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def mlflow(tracking_uri: str) -> MlflowClient:
    return client(tracking_uri)


@pytest.fixture
def registration() -> Registration:
    """A model with a name of its own: the server outlives a test."""
    return Registration(
        name=f"model-{uuid.uuid4().hex}",
        run="movie_recommender/manual__1",
        training=TRAINING,
        training_uri="s3://bucket/training.json",
        evaluation=EVALUATION,
        evaluation_uri="s3://bucket/evaluation.json",
        model_uri="s3://bucket/models/1",
    )


def test_an_unknown_model_has_no_champion(mlflow: MlflowClient, registration: Registration) -> None:
    assert find_champion(mlflow, registration.name) is None


def test_a_model_without_the_alias_has_no_champion(mlflow: MlflowClient, registration: Registration) -> None:
    mlflow.create_registered_model(registration.name)
    assert find_champion(mlflow, registration.name) is None


def test_a_registered_model_is_the_champion(mlflow: MlflowClient, registration: Registration) -> None:
    assert register(mlflow, registration) == "1"
    assert find_champion(mlflow, registration.name) == Champion(uri="s3://bucket/models/1", split="random 0.2")
    version = mlflow.get_model_version(registration.name, "1")
    assert version.tags["penstock.run"] == "movie_recommender/manual__1"
    assert version.tags["penstock.evaluation"] == "s3://bucket/evaluation.json"
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
    assert find_champion(mlflow, registration.name) == Champion(uri="s3://bucket/models/1", split="random 0.2")


def test_a_new_training_in_the_same_run_is_a_new_version(mlflow: MlflowClient, registration: Registration) -> None:
    training = replace(TRAINING, best={"rank": 8})
    again = replace(registration, training=training, model_uri="s3://bucket/models/2")
    assert [register(mlflow, registration), register(mlflow, again)] == ["1", "2"]
    assert find_champion(mlflow, registration.name) == Champion(uri="s3://bucket/models/2", split="random 0.2")
