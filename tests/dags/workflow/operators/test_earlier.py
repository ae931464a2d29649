"""What is gone on with, what is ended first, and what is let alone; the local AWS ends work too quickly."""

import pytest

from penstock_waits.wait import Outcome
from workflow.operators.earlier import Earlier, take_over
from workflow.operators.key import Key
from workflow.operators.step import STATES

KEY = Key(task="aaaaaaaaaa", generation=1, request="bbbbbbbbbb")
OLDER = "aaaaaaaaaa.0.bbbbbbbbbb"
ANOTHER_REQUEST = "aaaaaaaaaa.1.cccccccccc"
ANOTHER_TASK = "dddddddddd.1.bbbbbbbbbb"


def taken(*found: tuple[str, str], ends_as: str = "CANCELLED") -> tuple[str | None, list[str]]:
    """The id that is gone on with, and what was asked of AWS meanwhile; ids count from s-0."""
    calls: list[str] = []

    def settle(step_id: str) -> Outcome:
        calls.append(f"settle {step_id}")
        return Outcome(ended="success" if ends_as == "COMPLETED" else "failure", state=ends_as, reason="")

    earlier = [Earlier(id=f"s-{number}", key=key, state=state) for number, (key, state) in enumerate(found)]
    mine = take_over(
        earlier, KEY, states=STATES, cancel=lambda ids: calls.append(f"cancel {' '.join(ids)}"), settle=settle
    )
    return mine.id if mine else None, calls


@pytest.mark.parametrize("state", ["PENDING", "RUNNING", "COMPLETED"])
def test_what_goes_on_or_is_done_is_taken_over(state: str) -> None:
    assert taken((str(KEY), state)) == ("s-0", [])


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED", "INTERRUPTED"])
def test_what_has_failed_is_not(state: str) -> None:
    assert taken((str(KEY), state)) == (None, [])


def test_the_one_that_goes_on_counts_beside_those_that_failed() -> None:
    assert taken((str(KEY), "FAILED"), (str(KEY), "RUNNING"), (str(KEY), "FAILED")) == ("s-1", [])


@pytest.mark.parametrize("key", [OLDER, ANOTHER_REQUEST])
def test_what_a_user_has_cleared_or_changed_is_ended_and_waited_for(key: str) -> None:
    assert taken((key, "RUNNING"), (key, "COMPLETED")) == (None, ["cancel s-0", "settle s-0"])


@pytest.mark.parametrize(("ends_as", "expected"), [("CANCELLED", None), ("COMPLETED", "s-0")])
def test_what_is_being_ended_decides_itself_first(ends_as: str, expected: str | None) -> None:
    assert taken((str(KEY), "CANCEL_PENDING"), ends_as=ends_as) == (expected, ["settle s-0"])
    assert taken((OLDER, "CANCEL_PENDING"), ends_as=ends_as) == (None, ["settle s-0"])


def test_other_tasks_are_let_alone() -> None:
    assert taken((ANOTHER_TASK, "RUNNING"), (ANOTHER_TASK, "CANCEL_PENDING")) == (None, [])
