"""Jobs and their runs: moto's, with states that follow what the run's process does."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from moto.core.utils import utcnow
from moto.glue.exceptions import ConcurrentRunsExceededException, JobRunNotFoundException
from moto.glue.models import FakeJob, FakeJobRun

from local_aws.glue import states
from local_aws.glue.bookmarks import Bookmark

if TYPE_CHECKING:
    from datetime import datetime

    from local_aws.processes import Process

DEFAULT_TIMEOUT_MINUTES = 2880
LOG_GROUP = "/aws-glue/jobs"


class JobRun(FakeJobRun):
    """A run that is executed. ``changed`` guards it."""

    def __init__(self, job: "Job", **kwargs: Any) -> None:
        super().__init__(job_name=job.name, **kwargs)
        self.job = job
        self.request = kwargs
        self.attempt = 0
        self.changed = threading.Condition()
        self.state = "STARTING"
        self.error: str | None = None
        self.process: Process | None = None
        self.began: datetime | None = None
        self.ended: datetime | None = None

    def advance(self) -> None:
        """Do nothing: moto advances a run when it is looked at, this one advances by itself."""

    @property
    def status(self) -> str | None:
        """The run's state, under moto's name."""
        return self.state

    @status.setter
    def status(self, value: str | None) -> None:
        """Ignore what moto's constructor sets."""

    def move(self, state: str, error: str | None = None) -> None:
        """Go to a new state and note the time."""
        with self.changed:
            self.state = states.follow(self.state, state)
            self.error = error
            self.modified_on = utcnow()
            if state == "RUNNING":
                self.began = self.modified_on
            elif state not in states.UNFINISHED:
                self.ended = self.modified_on
            self.job.keep(self)
            self.changed.notify_all()

    def stop(self) -> bool:
        """Stop the run and say whether it could be stopped."""
        with self.changed:
            if self.state not in states.STOPPABLE:
                return False
            self.move("STOPPING")
            if self.process is not None:
                self.process.kill()
            return True

    def next_attempt(self) -> "JobRun":
        """Return the run that retries this one."""
        retry = JobRun(self.job, **self.request)
        first = self.job_run_id.partition("_attempt_")[0]
        retry.attempt = self.attempt + 1
        retry.job_run_id = f"{first}_attempt_{retry.attempt}"
        retry.previous_run_id = self.job_run_id
        return retry

    def minutes_allowed(self) -> float:
        """Return the run's timeout."""
        return float(self.timeout or DEFAULT_TIMEOUT_MINUTES)

    def as_dict(self) -> dict[str, Any]:
        """Return the shape JobRun of the API."""
        seconds = ((self.ended or utcnow()) - self.began).total_seconds() if self.began else 0
        shape = super().as_dict() | {
            "Attempt": self.attempt,
            "JobRunState": self.state,
            "StartedOn": self.started_on,
            "LastModifiedOn": self.modified_on,
            "ExecutionTime": round(seconds),
            "LogGroupName": LOG_GROUP,
            "GlueVersion": self.job.glue_version or "5.1",
            "Timeout": int(self.minutes_allowed()),
            "ErrorMessage": self.error,
            "CompletedOn": self.ended,
        }
        return {key: value for key, value in shape.items() if value is not None}


class Job(FakeJob):
    """A job whose runs are executed."""

    def __init__(
        self, *args: Any, run: Callable[[JobRun], None], keep: Callable[[JobRun], None], **kwargs: Any
    ) -> None:
        """``run`` begins a run, ``keep`` writes one down that has changed."""
        super().__init__(*args, **kwargs)
        self._run = run
        self.keep = keep
        self._lock = threading.Lock()
        self.job_runs: list[JobRun] = []  # type: ignore[assignment]
        self.bookmark = Bookmark(self.name)

    def start_job_run(self, **request: Any) -> str:  # type: ignore[override]
        """Start a run; raise ConcurrentRunsExceededException at the job's limit."""
        arguments = self.default_arguments | (request.pop("arguments") or {}) | (self.non_overridable_arguments or {})
        previous = request.pop("previous_run_id")
        inherited = {name: value or getattr(self, name) for name, value in request.items()}
        with self._lock:
            unfinished = sum(run.state in states.UNFINISHED for run in self.job_runs)
            limit = self.execution_property.get("MaxConcurrentRuns", 1)
            if unfinished >= limit:
                raise ConcurrentRunsExceededException(f"Concurrent runs exceeded for {self.name}")
            run = JobRun(self, job_run_id=previous, arguments=arguments, **inherited)
            self.job_runs.append(run)
        self.keep(run)
        self._run(run)
        return run.job_run_id

    def retry(self, failed: JobRun) -> None:
        """Start the next attempt of a failed run if the job's MaxRetries allows one."""
        if failed.attempt < int(self.max_retries or 0):
            run = failed.next_attempt()
            with self._lock:
                self.job_runs.append(run)
            self.keep(run)
            self._run(run)

    def get_job_run(self, run_id: str) -> JobRun:
        """Return a run; raise JobRunNotFoundException if the job has none of that id."""
        for run in self.job_runs:
            if run.job_run_id == run_id:
                return run
        raise JobRunNotFoundException(run_id)

    def get_job_runs(self) -> list[JobRun]:  # type: ignore[override]
        """Return the runs, the newest first."""
        return list(reversed(self.job_runs))
