"""What every operator here shares: clients that do not repeat what must happen once, and waiting in either mode."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook
from airflow.sdk.exceptions import AirflowException
from botocore.exceptions import BotoCoreError, ClientError

from penstock_waits.polling import wait_here
from penstock_waits.wait import Outcome, Wait
from penstock_waits.watch import is_transient

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from airflow.sdk import Context

T = TypeVar("T")
log = logging.getLogger(__name__)

ATTEMPTS = 6
"""Of a call that must happen once, with a look at what became of it before each: 1 + 2 + 4 + 8 + 16 s between them."""
BACKSTOP = timedelta(minutes=2)
"""By how much the scheduler's own timeout of a deferred task comes after the wait's deadline."""


class Waiting:
    """A mixin for operators of the provider: `aws_conn_id`, `region_name`, `botocore_config` and `deferrable` are set.

    The wait ends shortly before the task's `execution_timeout`, so that the operator itself says what was not ready and
    cleans up.
    """

    aws_conn_id: str | None
    region_name: str | None
    botocore_config: dict[str, Any] | None
    deferrable: bool
    poll_seconds: float
    execution_timeout: timedelta | None
    _deadline: datetime | None = None

    def pre_execute(self, context: Context) -> None:
        """Note when this attempt's time is up: what comes before the wait counts too."""
        super().pre_execute(context)  # type: ignore[misc]
        self._deadline = self._from_now()

    def client(self, service: str) -> Any:
        """A boto3 client that retries what may be repeated."""
        return self._client(service, {})

    def client_that_calls_once(self, service: str) -> Any:
        """A boto3 client that never repeats a request on its own: EMR and Glue have no client tokens."""
        return self._client(service, {"retries": {"total_max_attempts": 1}})

    def wait(self, wait: Wait, **kwargs: Any) -> Outcome:
        """Wait here, or defer and come back to `resume` with `event` and these arguments."""
        if not self.deferrable:
            return wait_here(wait, self.client)
        from penstock_waits.trigger import WaitTrigger  # noqa: PLC0415 - what it needs takes long to import

        aws = {
            "aws_conn_id": self.aws_conn_id,
            "region_name": self.region_name,
            "botocore_config": self.botocore_config,
        }
        self.defer(  # type: ignore[attr-defined]
            trigger=WaitTrigger(wait.to_json(), aws),
            method_name="resume",
            kwargs=kwargs,
            timeout=wait.deadline - datetime.now(UTC) + BACKSTOP,
        )
        raise AssertionError("deferring raises")  # pragma: no cover

    def settle(self, wait: Wait) -> Outcome:
        """Wait in the worker for what is being ended; raises AirflowException if it does not end."""
        outcome = wait_here(wait, self.client)
        if outcome.ended in {"success", "failure"}:
            return outcome
        raise AirflowException(
            f"{wait.what} is being ended, so nothing is started beside it, but it is still {outcome.state}: "
            f"{outcome.reason or 'AWS gives no reason'}"
        )

    def give_up(self, end: Callable[[], object], *, what: str) -> None:
        """End work whose time is up; where AWS refuses, that is told and does not hide why the task fails."""
        try:
            end()
        except (ClientError, BotoCoreError, OSError) as error:
            log.error("%s was not ended: %s", what, error)  # noqa: TRY400 - the trace says nothing more

    def deadline(self) -> datetime:
        """When the work of this attempt must be over."""
        return self._deadline or self._from_now()

    def _from_now(self) -> datetime:
        whole = self.execution_timeout or timedelta(days=1)
        return datetime.now(UTC) + whole - min(timedelta(seconds=10), whole / 10)

    def _client(self, service: str, config: Mapping[str, Any]) -> Any:
        """Made once each: to make a client takes longer than most calls."""
        clients: dict[tuple[str, bool], Any] = self.__dict__.setdefault("_clients", {})
        key = (service, bool(config))
        if key not in clients:
            clients[key] = AwsGenericHook(
                client_type=service,
                aws_conn_id=self.aws_conn_id,
                region_name=self.region_name,
                config={**(self.botocore_config or {}), **config},
            ).conn
        return clients[key]


def once(
    act: Callable[[], T], find: Callable[[], T | None], *, what: str, sleep: Callable[[float], None] = time.sleep
) -> T:
    """The result of `act`, which is not repeated before `find` has seen that the failed attempt left nothing behind."""
    for attempt in range(ATTEMPTS):
        try:
            return act()
        except (ClientError, BotoCoreError, OSError) as error:
            if not is_transient(error) or attempt == ATTEMPTS - 1:
                raise AirflowException(f"{what} failed: {error}") from error
            sleep(2**attempt)
            found = find()
            if found is not None:
                return found
    raise AssertionError("the last attempt returns or raises")  # pragma: no cover


def outcome_of(event: Mapping[str, Any] | None) -> Outcome:
    """What the trigger saw."""
    if not event:
        raise AirflowException("The trigger fired without an outcome: is another release running in the triggerer?")
    return Outcome(**event)


def generation(context: Context) -> int:
    """A number that stays the same over the retries of a task and grows when a user clears it.

    Clearing adds to the task instance's `max_tries` and retrying does not (airflow.models.taskinstance).
    """
    task = context["task"]
    return int(context["ti"].max_tries or 0) - int(task.retries or 0)
