"""What a task does while the model registry is away: it waits, without a worker slot, and loses nothing."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowFailException

from penstock.errors import PenstockError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.deployment import Deployment

ATTEMPTS = 24
LONGEST = timedelta(minutes=10)
"""Between two attempts: 24 of them last more than three hours."""
_PASSING = frozenset({"INTERNAL_ERROR", "TEMPORARILY_UNAVAILABLE", "REQUEST_LIMIT_EXCEEDED"})
"""MLflow's error codes for what may be over later."""


def while_away(deployment: Deployment) -> dict[str, Any]:
    """How often a task that needs the registry is tried again; nothing else of it depends on the spec's `retries`."""
    return {
        "retries": ATTEMPTS,
        "retry_delay": timedelta(seconds=deployment.poll_seconds),
        "retry_exponential_backoff": True,
        "max_retry_delay": LONGEST,
    }


@contextmanager
def refusing_what_stays_wrong() -> Iterator[None]:
    """Fail at once, instead of many times, for what no waiting mends: bad documents, lost models, refused requests."""
    try:
        yield
    except PenstockError as error:
        raise AirflowFailException(str(error)) from error
    except Exception as error:
        if _is_refused(error):
            raise AirflowFailException(f"MLflow refuses: {error}") from error
        raise


def _is_refused(error: Exception) -> bool:
    """Whether MLflow has answered, and with a no; a server that is away raises MlflowException without an answer."""
    if type(error).__name__ != "RestException":
        return False
    return getattr(error, "error_code", "") not in _PASSING
