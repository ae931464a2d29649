"""Rollbacks against a real MLflow server."""

import uuid
from collections.abc import Callable

import pytest
from mlflow.tracking import MlflowClient

from penstock.errors import PenstockError
from tests.dags.workflow.documents import registration
from workflow.registry import champion_version, client, register
from workflow.rollback.tasks import asset_of, decide, move

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def mlflow(tracking_uri: str) -> MlflowClient:
    return client(tracking_uri)


@pytest.fixture
def promoted(mlflow: MlflowClient) -> Callable[[int], str]:
    """Promotes a number of versions of a new model, one after the other; its name."""

    def promote(versions: int) -> str:
        name = f"model_{uuid.uuid4().hex}"
        for number in range(1, versions + 1):
            register(mlflow, registration(name, run=f"movies/{number}", version=number))
        return name

    return promote


def test_the_champion_before_is_champion_again(mlflow: MlflowClient, promoted: Callable[[int], str]) -> None:
    model = promoted(3)
    versions = decide(mlflow, model, "")
    assert versions == {"from": "3", "to": "2"}
    move(mlflow, model, versions)
    assert champion_version(mlflow, model) == "2"


def test_a_second_rollback_goes_back_further(mlflow: MlflowClient, promoted: Callable[[int], str]) -> None:
    model = promoted(3)
    move(mlflow, model, decide(mlflow, model, ""))
    assert decide(mlflow, model, "") == {"from": "2", "to": "1"}


def test_a_version_can_be_named(mlflow: MlflowClient, promoted: Callable[[int], str]) -> None:
    model = promoted(3)
    move(mlflow, model, decide(mlflow, model, "1"))
    assert champion_version(mlflow, model) == "1"


def test_a_retry_moves_nothing_twice(mlflow: MlflowClient, promoted: Callable[[int], str]) -> None:
    model = promoted(3)
    versions = decide(mlflow, model, "")
    move(mlflow, model, versions)
    move(mlflow, model, versions)
    assert champion_version(mlflow, model) == "2"


def test_a_champion_that_changed_in_between_is_left_alone(mlflow: MlflowClient, promoted: Callable[[int], str]) -> None:
    model = promoted(3)
    versions = decide(mlflow, model, "")
    register(mlflow, registration(model, run="movies/4", version=4))
    with pytest.raises(PenstockError, match=r"version 4 of \w+ has become champion since this run found version 3"):
        move(mlflow, model, versions)
    assert champion_version(mlflow, model) == "4"


@pytest.mark.parametrize(
    ("versions", "wanted", "message"),
    [
        (0, "", "'model_.*' has no champion to roll back; registered models: "),
        (1, "", "version 1 of model_.* is the first champion; there is none to go back to"),
        (2, "7", r"model_.* has no version 7 \(any more\); it has 1, 2. Name one of them"),
        (2, "2", "version 2 of model_.* is the champion already"),
    ],
)
def test_what_cannot_be_done_is_said(
    mlflow: MlflowClient, promoted: Callable[[int], str], versions: int, wanted: str, message: str
) -> None:
    model = promoted(versions)
    with pytest.raises(PenstockError, match=message):
        decide(mlflow, model, wanted)


def test_the_asset_is_the_workflows_own() -> None:
    assert (
        asset_of("income_tree", {"penstock.run": "income_classifier/manual__1"})
        == "income_classifier.model.income_tree"
    )
