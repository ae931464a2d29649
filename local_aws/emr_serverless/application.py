"""An application: moto's, which starts, has job runs and stops when it is idle."""

import threading
import time
from collections.abc import Callable
from typing import Any

from moto.core.utils import utcnow
from moto.emrserverless.exceptions import ValidationException
from moto.emrserverless.models import Application

from local_aws.emr_serverless import states
from local_aws.emr_serverless.job_run import ServerlessRun

# https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/applications-concurrency-queuing.html
DEFAULT_SCHEDULER = {"maxConcurrentRuns": 15, "queueTimeoutMinutes": 360}


class ServerlessApplication(Application):
    """An application whose job runs are executed. ``changed`` guards it and its runs.

    Whatever time alone brings about (STARTING to STARTED, idle to STOPPED) happens when somebody looks: ``settle``.
    """

    def __init__(
        self,
        *,
        request: dict[str, Any],
        keep: Callable[["ServerlessApplication"], None],
        startup_delay: float,
        seconds_per_minute: float,
        **kwargs: Any,
    ) -> None:
        """``keep`` writes the application down when it has changed."""
        super().__init__(**kwargs)
        self.request, self.made_of = request, kwargs
        self._keep = keep
        self.changed = threading.Condition()
        self.runs: list[ServerlessRun] = []
        self.architecture = "X86_64"
        self.runtime_configuration: list[dict[str, Any]] = []
        self.monitoring_configuration: dict[str, Any] | None = None
        self.scheduler_configuration = DEFAULT_SCHEDULER
        self._take(request)
        self.created_at = self.updated_at = utcnow()
        self.state = "CREATED"
        self.startup_delay = startup_delay
        self.seconds_per_minute = seconds_per_minute
        self._since = time.monotonic()

    def configure(self, request: dict[str, Any]) -> None:
        """Take what a request says of the parts that moto does not keep."""
        self._take(request)
        self._keep(self)

    def _take(self, request: dict[str, Any]) -> None:
        self.architecture = request.get("architecture") or self.architecture
        self.runtime_configuration = request.get("runtimeConfiguration") or self.runtime_configuration
        self.monitoring_configuration = request.get("monitoringConfiguration") or self.monitoring_configuration
        self.scheduler_configuration = self.scheduler_configuration | (request.get("schedulerConfiguration") or {})
        self.updated_at = utcnow()

    def _move(self, state: str, details: str = "") -> None:
        self.state = states.follow(states.APPLICATION, self.state, state)
        self.state_details = details
        self.updated_at = utcnow()
        self._since = time.monotonic()
        self._keep(self)
        self.changed.notify_all()

    def settle(self) -> None:
        """Let the state catch up with the clock."""
        with self.changed:
            if self.state == "STARTING" and self.starts_in() <= 0:
                self._move("STARTED")
            if self.state == "STARTED" and self._idle_too_long():
                self._halt("Application stopped automatically because it was idle.")

    def starts_in(self) -> float:
        """Return the seconds until a STARTING application is STARTED."""
        return self._since + self.startup_delay - time.monotonic()

    def _idle_too_long(self) -> bool:
        policy: Any = self.auto_stop_configuration
        if not policy.get("enabled", True) or self.unfinished():
            return False
        since = max([self._since, *(run.ended for run in self.runs if run.ended)])
        allowed = policy.get("idleTimeoutMinutes", 15) * self.seconds_per_minute
        return bool(time.monotonic() - since >= allowed)

    def unfinished(self) -> list[ServerlessRun]:
        """Return the runs that have not ended."""
        return [run for run in self.runs if run.state in states.UNFINISHED]

    def start(self) -> None:
        """Start the application; nothing happens if it has started already."""
        with self.changed:
            if self.state == "TERMINATED":
                raise ValidationException(f"Application {self.id} is terminated and cannot be started.")
            if self.state in states.STARTABLE:
                self._move("STARTING")
        self.settle()

    def stop(self) -> None:
        """Stop the application; raise ValidationException while job runs are unfinished."""
        with self.changed:
            if unfinished := self.unfinished():
                raise ValidationException(
                    f"Application {self.id} cannot be stopped: it has {len(unfinished)} scheduled or running job runs."
                )
            if self.state in {"CREATED", "STARTED", "STARTING"}:
                self._halt()

    def _halt(self, details: str = "") -> None:
        if self.state == "STARTING":
            self._move("STARTED")
        self._move("STOPPING")
        self._move("STOPPED", details)

    def delete(self) -> None:
        """Delete the application, which stays visible as TERMINATED; raise ValidationException while it runs."""
        self.settle()
        with self.changed:
            if self.state not in states.STARTABLE:
                raise ValidationException(
                    f"Application {self.id} must be in one of the following statuses [CREATED, STOPPED]. "
                    f"Current status: {self.state}"
                )
            self._move("TERMINATED")
