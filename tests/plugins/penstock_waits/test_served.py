"""How far a reload is, by what a service says."""

from typing import Any

import pytest

from penstock_waits.served import ServiceError, entry_of, state_of, under_way, versions_of

MODEL = "movies"


def listing(*workers: str | None, model: str = MODEL, reload: dict[str, Any] | None = None) -> dict[str, Any]:
    """`GET /v1/models`, answered by the first worker."""
    models = [{"model": model, "version": workers[0]}] if workers and workers[0] else []
    return {"models": models, "workers": [{"pid": 1, "version": each} for each in workers], "reload": reload}


@pytest.mark.parametrize(
    ("workers", "state"),
    [
        (["v2", "v2"], "SERVING"),
        (["v2"], "SERVING"),
        (["v1", "v2"], "LOADING"),
        (["v2", "v1"], "LOADING"),
        (["v2", None], "LOADING"),
        (["v1", "v1"], "LOADING"),
        ([], "LOADING"),
    ],
)
def test_it_serves_once_every_worker_does(workers: list[str | None], state: str) -> None:
    assert state_of(listing(*workers), {"status": "loading"}, model=MODEL, version="v2")["state"] == state


def test_it_may_serve_before_the_reload_is_told_loaded_or_after_it_was_forgotten() -> None:
    assert state_of(listing("v2"), {}, model=MODEL, version="v2") == {"state": "SERVING", "reasons": []}


def test_a_failed_reload_is_final_whoever_serves_what() -> None:
    failed = {"status": "failed", "error": "no such bundle"}
    assert state_of(listing("v2"), failed, model=MODEL, version="v2") == {
        "state": "FAILED",
        "reasons": ["no such bundle"],
    }


def test_what_it_serves_instead_is_said() -> None:
    said = [state_of(listing(*each), {}, model=MODEL, version="v3") for each in (("v1", "v2", None), ())]
    assert [each["reasons"] for each in said] == [["It serves v1 and v2 of movies"], ["It serves no version of movies"]]
    assert {each["state"] for each in said} == {"UNKNOWN"}


def test_another_model_of_the_same_version_is_another_model() -> None:
    other = listing("v2", model="songs")
    assert (entry_of(other, MODEL), versions_of(other, MODEL)) == ({}, set())
    assert state_of(other, {}, model=MODEL, version="v2")["state"] == "UNKNOWN"


@pytest.mark.parametrize(
    ("reload", "found"),
    [
        ({"id": "7", "status": "loading", "bundle_uri": "s3://b/v2"}, "7"),
        ({"id": "7", "status": "pending", "bundle_uri": "s3://b/v2"}, "7"),
        ({"id": "7", "status": "loaded", "bundle_uri": "s3://b/v2"}, ""),
        ({"id": "7", "status": "loading", "bundle_uri": "s3://b/v1"}, ""),
        (None, ""),
    ],
)
def test_a_reload_of_the_same_bundle_is_joined(reload: dict[str, Any] | None, found: str) -> None:
    assert under_way(listing("v1", reload=reload), "s3://b/v2") == found


@pytest.mark.parametrize(
    ("status", "passing"), [(0, True), (409, True), (429, True), (500, True), (401, False), (404, False)]
)
def test_what_may_pass_is_asked_again(status: int, passing: bool) -> None:
    assert ServiceError("no", status).passing is passing
