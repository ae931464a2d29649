"""Reloads of real HTTP services, in both modes of waiting."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowSkipException, TaskDeferred

from penstock_waits import services
from tests.dags.workflow.operators.runner import POLL, Attempt, Make
from tests.dags.workflow.publishing.conftest import BUNDLES, MODEL, Deploy, connection
from tests.dags.workflow.publishing.conftest import deploy as deploy  # noqa: PLC0414 - a fixture
from tests.dags.workflow.publishing.service import Service
from workflow.operators.reload import ReloadServicesOperator

NEW = f"{BUNDLES}/v2"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pauses between attempts of one request."""
    monkeypatch.setattr(services, "FIRST_PAUSE", 0.0)


@pytest.fixture(params=[False, True], ids=["in the worker", "deferred"])
def make(request: pytest.FixtureRequest) -> partial[ReloadServicesOperator]:
    return partial(operator, deferrable=request.param)


def operator(*, wanted: Any = NEW, deferrable: bool = False, seconds: float = 30) -> ReloadServicesOperator:
    return ReloadServicesOperator(
        task_id="reload_services",
        model=MODEL,
        wanted=wanted,
        poll_seconds=POLL,
        deferrable=deferrable,
        execution_timeout=timedelta(seconds=seconds),
    )


def test_all_services_have_the_version_in_the_end(deploy: Deploy, make: Make) -> None:
    first, second = deploy(Service(looks=3), Service(looks=1))
    assert Attempt(make).run() == ["movies-0", "movies-1"]
    assert [each.version for each in (first, second)] == ["v2", "v2"]
    assert [each.bundle_uri for each in (first, second)] == [NEW, NEW]


def test_all_are_told_before_the_first_is_waited_for(deploy: Deploy) -> None:
    first, second = deploy(Service(looks=10**6), Service())
    with pytest.raises(TaskDeferred) as deferred:
        Attempt(lambda: operator(deferrable=True)).start(operator(deferrable=True))
    assert [len(each.reloads) for each in (first, second)] == [1, 1]
    asked = [each["service"] for each in deferred.value.kwargs["asked"]]
    assert asked == ["movies-0", "movies-1"]


def test_a_retry_tells_only_who_has_not_got_it(deploy: Deploy) -> None:
    has, loads, idle = deploy(Service(version="v2", bundle_uri=NEW), Service(), Service())
    loads.reloads.append({"id": "r7", "status": "loading", "bundle_uri": NEW, "error": None, "looks": 0})
    Attempt(operator).run()
    assert ["POST /v1/models/reload" in each.asked for each in (has, loads, idle)] == [False, False, True]
    assert (loads.version, idle.version) == ("v2", "v2")


def test_each_goes_back_to_what_it_served(deploy: Deploy, make: partial[ReloadServicesOperator]) -> None:
    first, second, never = deploy(*(Service(version="v2", bundle_uri=NEW) for _ in range(3)))
    before = {
        "movies-0": {"version": "v1", "bundle_uri": f"{BUNDLES}/v1"},
        "movies-1": {"version": "v0", "bundle_uri": "s3://elsewhere/v0"},
        "movies-2": {"version": "", "bundle_uri": ""},
    }
    Attempt(partial(make, wanted=before)).run()
    assert [each.version for each in (first, second, never)] == ["v1", "v0", "v2"]
    assert never.reloads == []


def test_a_service_says_why_it_cannot(deploy: Deploy, make: Make) -> None:
    (service,) = deploy(Service(broken={NEW}))
    with pytest.raises(AirflowException) as raised:
        Attempt(make).run()
    assert str(raised.value) == (
        f"movies-0 does not serve version v2 of {MODEL}: its reload is FAILED. titles.npy has another checksum"
    )
    assert service.version == "v1"


def test_time_is_up(deploy: Deploy, make: partial[ReloadServicesOperator]) -> None:
    deploy(Service(looks=10**6))
    with pytest.raises(AirflowException, match=r"within 0:00:01: its reload is LOADING. It serves v1 of movie_recomm"):
        Attempt(partial(make, seconds=1)).run()


def test_a_service_that_was_started_again_is_waited_for_in_vain(deploy: Deploy, make: Any) -> None:
    (service,) = deploy(Service(looks=10**6))
    service.reloads.append({"id": "gone", "status": "loading", "bundle_uri": NEW, "error": None, "looks": 0})
    service._status = lambda _: (404, {"error": {"code": "not_found", "message": "no"}})  # type: ignore[method-assign]
    with pytest.raises(AirflowException, match=r"its reload is UNKNOWN. It serves v1"):
        Attempt(partial(make, seconds=1)).run()


def test_what_passes_is_asked_again(deploy: Deploy, make: Make) -> None:
    (service,) = deploy(Service(failures=[503, 429, 409]))
    Attempt(make).run()
    assert service.version == "v2"


@pytest.mark.parametrize(
    ("key", "url", "message"),
    [
        (
            "wrong",
            "",
            r"answered 401: The key is not known. Is the password of its Airflow connection a key of the role",
        ),
        ("s3cret", "http://127.0.0.1:1", r"127.0.0.1:1 did not answer: ConnectError: .*Is it running, and is the host"),
    ],
)
def test_who_cannot_be_reached_is_named_with_a_remedy(
    deploy: Deploy, monkeypatch: pytest.MonkeyPatch, key: str, url: str, message: str
) -> None:
    (service,) = deploy(Service())
    service.url = url or service.url
    monkeypatch.setenv("AIRFLOW_CONN_MOVIES-0", connection(service, key=key))
    with pytest.raises(AirflowException, match=message) as raised:
        Attempt(operator).run()
    assert str(raised.value).startswith("movies-0 (connection movies-0): ")
    assert str(raised.value).endswith("Then clear this task")


def test_without_services_there_is_nothing_to_do(deploy: Deploy) -> None:
    deploy()
    with pytest.raises(AirflowSkipException, match="No service of this deployment serves movie_recommender: name one"):
        Attempt(operator).run()
