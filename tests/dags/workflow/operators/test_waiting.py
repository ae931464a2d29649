"""What must happen once, and when the time is up."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowException
from botocore.exceptions import ClientError, ReadTimeoutError

from penstock_waits.tables import cluster_ended
from workflow.operators.termination import EmrTerminationOperator
from workflow.operators.waiting import ATTEMPTS, once, outcome_of

LOST = ReadTimeoutError(endpoint_url="http://x")
DENIED = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "RunJobFlow")


def acting(*results: Any) -> Any:
    left = list(results)

    def act() -> Any:
        result = left.pop(0)
        if isinstance(result, Exception):
            raise result
        return result

    return act


def test_what_was_lost_is_looked_for_before_it_is_done_again() -> None:
    pauses: list[float] = []
    assert once(acting(LOST, LOST, "j-2"), acting(None, "j-1"), what="it", sleep=pauses.append) == "j-1"
    assert pauses == [1, 2]


def test_what_left_nothing_is_done_again() -> None:
    assert once(acting(LOST, "j-2"), lambda: None, what="it", sleep=lambda _: None) == "j-2"


def test_it_is_given_up_in_the_end() -> None:
    pauses: list[float] = []
    with pytest.raises(AirflowException, match="it failed: Read timeout"):
        once(acting(*[LOST] * ATTEMPTS), lambda: None, what="it", sleep=pauses.append)
    assert pauses == [1, 2, 4, 8, 16]


def test_a_refusal_is_told_at_once() -> None:
    with pytest.raises(AirflowException, match=r"it failed: An error occurred \(AccessDenied\)"):
        once(acting(DENIED), acting(), what="it", sleep=lambda _: None)


def test_an_event_without_an_outcome_is_no_success() -> None:
    with pytest.raises(AirflowException, match="without an outcome"):
        outcome_of(None)


@pytest.mark.parametrize(
    ("timeout", "margin"),
    [(timedelta(minutes=10), timedelta(seconds=10)), (timedelta(seconds=20), timedelta(seconds=2))],
)
def test_the_time_is_up_shortly_before_airflow_ends_the_task(
    operator: dict[str, Any], timeout: timedelta, margin: timedelta
) -> None:
    task = EmrTerminationOperator(**{**operator, "execution_timeout": timeout})
    before = datetime.now(UTC)
    task.pre_execute({})
    assert before + timeout - margin <= task.deadline() <= datetime.now(UTC) + timeout - margin


def test_one_attempt_has_one_deadline(operator: dict[str, Any]) -> None:
    task = EmrTerminationOperator(**operator)
    task.pre_execute({})
    assert task.deadline() == task.deadline()


def test_nothing_is_started_beside_what_does_not_end(operator: dict[str, Any], clients: Any, cluster: str) -> None:
    task = EmrTerminationOperator(**operator)
    wait = cluster_ended(cluster, deadline=datetime.now(UTC), poll_seconds=0.05)
    with pytest.raises(AirflowException) as raised:
        task.settle(wait)
    assert str(raised.value).startswith(
        f"cluster {cluster} is being ended, so nothing is started beside it, but it is still "
    )
