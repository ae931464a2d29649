"""A job run: moto's, with states that follow what its process does."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from moto.core.utils import utcnow
from moto.emrserverless.models import JobRun

from local_aws.emr_serverless import states

if TYPE_CHECKING:
    from datetime import datetime

    from local_aws.processes import Process

DEFAULT_TIMEOUT_MINUTES = 720


class ServerlessRun(JobRun):
    """A run that is executed. ``changed``, its application's, guards it."""

    def __init__(
        self,
        *,
        changed: threading.Condition,
        keep: Callable[["ServerlessRun"], None],
        request: dict[str, Any],
        **kwargs: Any,
    ) -> None:
        """``keep`` writes the run down when it has changed."""
        super().__init__(**kwargs)
        self.changed = changed
        self._keep = keep
        self.request, self.made_of = request, kwargs
        self.process: Process | None = None
        self.ended: float | None = None
        self.started_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.state = "SUBMITTED"
        self.state_details = ""
        self.mode = request.get("mode") or "BATCH"
        self.attempt = 1
        self.created_by = kwargs["execution_role_arn"]
        self.created_at = self.updated_at = self.attempt_created_at = self.attempt_updated_at = utcnow()
        if kwargs["execution_timeout_minutes"] is None:
            self.execution_timeout_minutes = DEFAULT_TIMEOUT_MINUTES
        else:
            self.execution_timeout_minutes = kwargs["execution_timeout_minutes"]

    def move(self, state: str, details: str = "") -> None:
        """Go to a new state and note the time."""
        with self.changed:
            self.state = states.follow(states.JOB_RUN, self.state, state)
            self.state_details = details
            self.updated_at = self.attempt_updated_at = utcnow()
            if state == "RUNNING":
                self.started_at = self.updated_at
            elif state not in states.UNFINISHED:
                self.ended_at = self.updated_at
                self.ended = time.monotonic()
                if self.started_at:
                    self.total_execution_duration_seconds = round((self.ended_at - self.started_at).total_seconds())
            self._keep(self)
            self.changed.notify_all()

    def cancel(self, details: str = "") -> None:
        """Cancel the run; nothing happens once it has ended."""
        with self.changed:
            if self.state in states.CANCELLABLE:
                self.move("CANCELLING", details)
                if self.process is not None:
                    self.process.kill()
