"""When a wait is over."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from penstock_waits.tables import glue_run_ended
from penstock_waits.wait import Outcome
from penstock_waits.watch import REFUSALS, Watch, is_transient

NOW = datetime(2026, 1, 2, tzinfo=UTC)
WAIT = glue_run_ended("clean", "jr_1", deadline=NOW, poll_seconds=1)


def answer(state: str, **run: str) -> dict[str, Any]:
    return {"JobRun": {"JobRunState": state, **run}}


def refusal(code: str, status: int = 400) -> ClientError:
    response = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "GetJobRun")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "ended"),
    [("SUCCEEDED", "success"), *[(each, "failure") for each in ("FAILED", "STOPPED", "TIMEOUT", "ERROR", "EXPIRED")]],
)
def test_a_final_state_ends_it(state: str, ended: str) -> None:
    assert Watch(WAIT).answered(answer(state)) == Outcome(ended=ended, state=state, reason="")


@pytest.mark.parametrize("state", ["WAITING", "STARTING", "RUNNING", "STOPPING", "A_STATE_OF_TOMORROW"])
def test_any_other_state_does_not(state: str) -> None:
    assert Watch(WAIT).answered(answer(state)) is None


def test_the_reason_is_awss() -> None:
    outcome = Watch(WAIT).answered(answer("ERROR", ErrorMessage="out of capacity", StateDetail="setup"))
    assert outcome == Outcome(ended="failure", state="ERROR", reason="out of capacity setup")


def test_a_change_of_state_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    watch = Watch(WAIT)
    for state in ("RUNNING", "RUNNING", "STOPPING"):
        watch.answered(answer(state, ErrorMessage="why" if state == "STOPPING" else ""))
    assert caplog.messages == [
        "Glue job run jr_1 of clean is RUNNING",
        "Glue job run jr_1 of clean is STOPPING: why",
    ]


def test_five_refusals_in_a_row_end_it() -> None:
    watch = Watch(WAIT)
    watch.answered(answer("RUNNING"))
    assert [watch.failed(refusal("AccessDeniedException")) for _ in range(REFUSALS - 1)] == [None] * 4
    assert watch.failed(refusal("AccessDeniedException")) == Outcome(
        ended="refused",
        state="RUNNING",
        reason="An error occurred (AccessDeniedException) when calling the GetJobRun operation: no",
    )


def test_an_answer_in_between_makes_refusals_count_anew() -> None:
    watch = Watch(WAIT)
    for _ in range(2):
        assert [watch.failed(refusal("AccessDenied")) for _ in range(REFUSALS - 1)] == [None] * 4
        watch.answered(answer("RUNNING"))


@pytest.mark.parametrize(
    "error",
    [
        refusal("ThrottlingException"),
        refusal("InternalServerException"),
        refusal("SomethingNew", 503),
        EndpointConnectionError(endpoint_url="http://x"),
        ConnectionResetError(),
    ],
)
def test_what_passes_is_outlasted(error: Exception) -> None:
    watch = Watch(WAIT)
    assert is_transient(error)
    assert {watch.failed(error) for _ in range(100)} == {None}


@pytest.mark.parametrize("code", ["AccessDeniedException", "EntityNotFoundException", "ExpiredTokenException"])
def test_a_refusal_is_not_transient(code: str) -> None:
    assert not is_transient(refusal(code))


def test_the_deadline_is_a_moment() -> None:
    watch = Watch(replace(WAIT, deadline=NOW))
    watch.answered(answer("RUNNING"))
    assert watch.overdue(NOW - timedelta(microseconds=1)) is None
    assert watch.overdue(NOW) == Outcome(ended="timeout", state="RUNNING", reason="")
