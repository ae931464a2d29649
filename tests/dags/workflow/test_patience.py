"""A registry that is away delays a task; what no waiting mends fails it at once."""

import socket
from datetime import timedelta
from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException
from mlflow.exceptions import MlflowException

from penstock.errors import DataError
from workflow import registry
from workflow.patience import refusing_what_stays_wrong

pytestmark = pytest.mark.timeout(180)
NEEDS_REGISTRY = ("find_champions", "movie_recommender.promote_model", "movie_ratings.promote_model")


@pytest.mark.usefixtures("_localhost")
def test_a_server_that_is_away_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        uri = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(MlflowException) as caught, refusing_what_stays_wrong():
        registry.find_champion(registry.client(uri), "income_tree")
    assert not isinstance(caught.value, AirflowFailException)


def test_a_request_that_the_server_refuses_is_not_repeated(tracking_uri: str) -> None:
    with pytest.raises(AirflowFailException, match=r"MLflow refuses: .*income_nothing"), refusing_what_stays_wrong():
        registry.client(tracking_uri).get_model_version("income_nothing", "1")


def test_a_lost_model_is_not_waited_for() -> None:
    with pytest.raises(AirflowFailException, match="the model is gone"), refusing_what_stays_wrong():
        raise DataError("the model is gone")


@pytest.mark.parametrize("task_id", NEEDS_REGISTRY)
def test_a_task_waits_for_hours_without_a_slot(dag: DAG, task_id: str) -> None:
    task: Any = dag.get_task(task_id)
    assert (task.retries, task.retry_exponential_backoff, task.max_retry_delay) == (24, True, timedelta(minutes=10))
    waits = [min(task.retry_delay * 2**attempt, task.max_retry_delay) for attempt in range(task.retries)]
    assert sum(waits, timedelta()) > timedelta(hours=3)


def test_no_cluster_waits_with_it(dag: DAG) -> None:
    terminated = dag.get_task("terminate_cluster").get_flat_relative_ids(upstream=True)
    assert not [each for each in terminated if each.endswith("promote_model")]
