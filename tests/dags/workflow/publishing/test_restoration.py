"""The alias goes back, in a real MLflow."""

import uuid

import pytest
from mlflow.tracking import MlflowClient

from penstock.errors import PenstockError
from tests.dags.workflow.documents import registration
from workflow.publishing.restoration import restore
from workflow.registry import champion_version, client, register

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def mlflow(tracking_uri: str) -> MlflowClient:
    return client(tracking_uri)


def promoted(mlflow: MlflowClient, versions: int) -> str:
    name = f"model_{uuid.uuid4().hex}"
    for number in range(1, versions + 1):
        register(mlflow, registration(name, run=f"movies/{number}", version=number))
    return name


def test_the_champion_before_is_champion_again(mlflow: MlflowClient) -> None:
    model = promoted(mlflow, 2)
    assert restore(mlflow, model, "2") == "1"
    assert champion_version(mlflow, model) == "1"
    assert restore(mlflow, model, "2") == "1"  # a retry


def test_the_first_champion_leaves_none(mlflow: MlflowClient) -> None:
    model = promoted(mlflow, 1)
    assert restore(mlflow, model, "1") == ""
    assert champion_version(mlflow, model) is None
    assert restore(mlflow, model, "1") == ""


def test_what_somebody_else_has_promoted_stays(mlflow: MlflowClient) -> None:
    model = promoted(mlflow, 3)
    with pytest.raises(PenstockError, match=r"version 3 of .* has become champion since this run found version 2"):
        restore(mlflow, model, "2")
    assert champion_version(mlflow, model) == "3"


def test_a_version_that_was_taken_back_can_be_promoted_again(mlflow: MlflowClient) -> None:
    model = promoted(mlflow, 2)
    restore(mlflow, model, "2")
    assert register(mlflow, registration(model, run="movies/2", version=2)) == "2"
    assert restore(mlflow, model, "2") == "1"
