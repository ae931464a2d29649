"""A wait is data that survives a database."""

import json
from datetime import UTC, datetime

import pytest

from penstock_waits.tables import cluster_ended, step_ended
from penstock_waits.wait import Outcome

DEADLINE = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def test_a_wait_comes_back_from_json_as_it_was() -> None:
    with_cancel = step_ended("j-1", "s-1", progress_uri="s3://b/p.json", deadline=DEADLINE, poll_seconds=0.5)
    without = cluster_ended("j-1", deadline=DEADLINE, poll_seconds=30)
    for wait in (with_cancel, without):
        assert type(wait).from_json(json.loads(json.dumps(wait.to_json()))) == wait
    assert str(with_cancel.cancel) == "emr.cancel_steps"
    assert without.cancel is None


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (
            {"State": "FAILED", "FailureDetails": {"Reason": "Unknown Error.", "Message": "exit 1"}},
            "Unknown Error. exit 1",
        ),
        ({"State": "FAILED", "StateChangeReason": {"Message": "gone"}}, "gone"),
        ({"State": "FAILED", "StateChangeReason": {}}, ""),
    ],
)
def test_state_and_reason_are_read_from_the_answer(status: dict[str, object], reason: str) -> None:
    wait = step_ended("j-1", "s-1", progress_uri="", deadline=DEADLINE, poll_seconds=1)
    assert wait.read({"Step": {"Status": status}}) == ("FAILED", reason)


def test_an_answer_without_a_state_is_no_state_that_ends_anything() -> None:
    assert cluster_ended("j-1", deadline=DEADLINE, poll_seconds=1).read({}) == ("None", "")


def test_an_outcome_is_what_an_event_carries() -> None:
    outcome = Outcome(ended="timeout", state="RUNNING", reason="")
    assert Outcome(**outcome.to_json()) == outcome
