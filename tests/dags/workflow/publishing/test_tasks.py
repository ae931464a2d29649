"""The canary's task: real services over HTTP, scores in moto's S3."""

import io
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from penstock_waits import services
from tests.dags.workflow.publishing.conftest import BUNDLES, MODEL, Deploy
from tests.dags.workflow.publishing.service import Service
from workflow.publishing.tasks import find_served, try_canary

SCORES = "s3://bucket/runs/1/scores"
Try = Callable[..., list[int]]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "FIRST_PAUSE", 0.0)


def best(user: int) -> list[tuple[int, float]]:
    return [(100 * user + rank, 1.0 - rank / 8) for rank in range(4)]


def sound(user: int, n: int, version: str) -> dict[str, Any]:
    items = [{"item_id": item, "score": score, "seen": False} for item, score in best(user)][:n]
    return {"user_id": user, "model_version": version, "reason": "personal", "items": items}


@pytest.fixture
def run_canary(aws: dict[str, Any]) -> Try:
    """On scores of 30 users in two files."""
    hook = S3Hook(**aws)
    hook.create_bucket("bucket")
    for part, users in enumerate((range(1, 16), range(16, 31))):
        rows = [(user, rank, *pair) for user in users for rank, pair in enumerate(best(user), 1)]
        names = ("user_id", "rank", "item_id", "score")
        table = pa.table({name: [row[at] for row in rows] for at, name in enumerate(names)})
        file = io.BytesIO()
        pq.write_table(table, file)
        hook.load_bytes(file.getvalue(), f"runs/1/scores/part-{part}.parquet", "bucket")

    def run(version: str = "v2") -> list[int]:
        canary = {"users": 5, "seed": 42, "n": 3, "min_agreement": 0.99, "max_same_list": 0.5}
        found: list[int] = try_canary.function(
            model=MODEL,
            version=version,
            scores_uri=SCORES,
            canary={**canary, "top_k": "4", "seen_items": "exclude"},
            comparable=True,
            aws=aws,
        )
        return found

    return run


def test_what_is_served_is_noted_for_each_service(deploy: Deploy) -> None:
    deploy(Service(), Service(version="v0", bundle_uri="s3://else/v0"), Service(model="another"))
    assert find_served.function(model=MODEL) == {
        "movies-0": {"version": "v1", "bundle_uri": f"{BUNDLES}/v1"},
        "movies-1": {"version": "v0", "bundle_uri": "s3://else/v0"},
        "movies-2": {"version": "", "bundle_uri": ""},
    }


def test_without_services_the_deployment_is_skipped(deploy: Deploy) -> None:
    deploy()
    with pytest.raises(AirflowSkipException, match="No service of this deployment serves movie_recommender"):
        find_served.function(model=MODEL)


def test_a_service_that_is_away_is_named(deploy: Deploy) -> None:
    deploy(Service(), Service(failures=[503] * 5))
    with pytest.raises(
        AirflowException, match=r"^movies-1 \(connection movies-1\): .* answered 503: trouble 503. Is it r"
    ):
        find_served.function(model=MODEL)


def test_a_sound_version_stays(deploy: Deploy, run_canary: Try) -> None:
    served = deploy(*(Service(version="v2", recommend=sound) for _ in range(2)))
    users = run_canary()
    assert len(users) == 5
    for each in served:
        assert each.asked == [f"GET /v1/users/{user}/recommendations" for user in users]


def test_one_service_with_nonsense_refuses_the_version(deploy: Deploy, run_canary: Try) -> None:
    def popular(user: int, n: int, version: str) -> dict[str, Any]:
        return {**sound(user, n, version), "items": sound(7, n, version)["items"]}

    deploy(Service(version="v2", recommend=sound), Service(version="v2", recommend=popular))
    with pytest.raises(AirflowFailException) as raised:
        run_canary()
    assert str(raised.value).startswith(
        "movies-1 serves nonsense with version v2 of movie_recommender, so every service and the alias go back: "
    )
    assert "5 of 5 users get the same list, and the scores give one list to 1 at most" in str(raised.value)


def test_errors_and_the_old_version_are_refused(deploy: Deploy, run_canary: Try) -> None:
    (service,) = deploy(Service(version="v1", recommend=sound, failures=[500] * 5))
    with pytest.raises(
        AirflowFailException, match=r"5 of 5 canary users got .* answered 500: trouble 500; .* version v1"
    ):
        run_canary()
    assert len(service.asked) == 9


def test_one_lost_answer_is_asked_for_again(deploy: Deploy, run_canary: Try) -> None:
    deploy(Service(version="v2", recommend=sound, failures=[502]))
    assert len(run_canary()) == 5
