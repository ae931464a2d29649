"""The rules of waiting, without a clock of their own: fed with answers and errors, they say when it is over."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from penstock_waits.served import ServiceError
from penstock_waits.wait import Outcome, Wait

log = logging.getLogger(__name__)

REFUSALS = 5
"""So many refusals in a row (access denied, no such resource) end a wait; a new role takes seconds to be known."""
TRANSIENT = frozenset(
    {
        "InternalFailure",
        "InternalServerError",
        "InternalServerException",
        "InternalServiceException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""Codes that say nothing about the request: botocore's own lists, and the internal errors of EMR and Glue."""


def is_transient(error: Exception) -> bool:
    """Whether asking again may help: throttling, a 5xx, or no answer at all, such as a connection that broke."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return error.response["Error"]["Code"] in TRANSIENT or status >= 500  # noqa: PLR2004 - HTTP
    return error.passing if isinstance(error, ServiceError) else True


class Watch:
    """One wait in progress; every method answers the outcome, or None to go on."""

    def __init__(self, wait: Wait) -> None:
        self._wait = wait
        self._state, self._reason, self._refusals = "UNKNOWN", "", 0

    def answered(self, answer: Mapping[str, Any]) -> Outcome | None:
        """AWS said how it stands."""
        state, self._reason = self._wait.read(answer)
        self._refusals = 0
        if state != self._state:
            log.info("%s is %s%s", self._wait.what, state, f": {self._reason}" if self._reason else "")
        self._state = state
        if state in self._wait.success:
            return self._outcome("success")
        return self._outcome("failure") if state in self._wait.failure else None

    def failed(self, error: Exception) -> Outcome | None:
        """AWS did not say; a wait outlives what passes."""
        log.warning("%s: %s did not answer: %s", self._wait.what, self._wait.look, error)
        if is_transient(error):
            return None
        self._refusals += 1
        self._reason = str(error)
        return self._outcome("refused") if self._refusals >= REFUSALS else None

    def overdue(self, now: datetime) -> Outcome | None:
        """The time is up."""
        return self._outcome("timeout") if now >= self._wait.deadline else None

    def _outcome(self, ended: str) -> Outcome:
        return Outcome(ended=ended, state=self._state, reason=self._reason)
