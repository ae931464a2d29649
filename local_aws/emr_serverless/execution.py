"""What happens to a job run from its submission to its end: one thread per run."""

import logging
import threading
from typing import Any

from local_aws.emr_serverless import states
from local_aws.emr_serverless.application import ServerlessApplication
from local_aws.emr_serverless.capacity import exceeded
from local_aws.emr_serverless.job_run import ServerlessRun
from local_aws.emr_serverless.logs import log_uri, publish
from local_aws.emr_serverless.submission import (
    UnsupportedJobError,
    conf_options,
    driver_environment,
    spark_defaults,
    submit_args,
)
from local_aws.failure import failure_message
from local_aws.interpreters import of_serverless
from local_aws.processes import Process, ShuttingDownError
from local_aws.runtime import Runtime
from local_aws.s3 import ObjectStoreError
from local_aws.spark import NoSparkError

NOT_EXECUTABLE = (UnsupportedJobError, NoSparkError, ObjectStoreError, OSError, ValueError)
FAILED = (
    "Job failed, please check complete logs in configured logging destination. ExitCode: {}. Last few exceptions: {}"
)
log = logging.getLogger(__name__)


class Cancelled(Exception):  # noqa: N818 - an event, not an error
    """The run was cancelled before its process began."""


class RunExecution:
    """Executes one job run. Nothing polls: the thread waits for its process and for the application's ``changed``."""

    def __init__(self, run: ServerlessRun, application: ServerlessApplication, runtime: Runtime) -> None:
        self._run = run
        self._application = application
        self._runtime = runtime
        self._workspace = runtime.workspace("emr-serverless", application.id, run.id, role=run.execution_role_arn or "")
        overrides: Any = run.configuration_overrides or {}
        self._defaults = spark_defaults(
            application.runtime_configuration, overrides.get("applicationConfiguration") or []
        )
        self._log_uri = log_uri(overrides.get("monitoringConfiguration"), application.monitoring_configuration)

    def launch(self) -> None:
        """Begin; returns at once."""
        threading.Thread(target=self._execute, daemon=True, name=self._run.id).start()

    def _execute(self) -> None:
        run = self._run
        try:
            state, details = self._outcome()
            publish(self._runtime.store, self._log_uri, self._application.id, run.id, self._workspace)
            self._runtime.store.forget()
        except ShuttingDownError:
            return
        except Exception as problem:
            log.exception("job run %s broke", run.id)
            state, details = "FAILED", f"The local AWS failed: {problem!r}"
        self._workspace.tidy()
        with run.changed:
            if run.state == "CANCELLING":
                run.move("CANCELLED", run.state_details or "")
            else:
                run.move(state, details)

    def _outcome(self) -> tuple[str, str]:
        """Run the application and return the state it leads to, with the reason of a failure."""
        try:
            self._wait_for_workers()
            process = self._start()
        except Cancelled:
            return "CANCELLED", ""
        except NOT_EXECUTABLE as problem:
            self._workspace.note(f"ERROR {problem}")
            return "FAILED", str(problem)
        code = self._finish(process)
        self._runtime.processes.check_open()
        if code == 0:
            return "SUCCESS", ""
        return "FAILED", FAILED.format(code, failure_message(self._workspace.read(self._workspace.stderr), code))

    def _wait_for_workers(self) -> None:
        """Wait until the application has started and has a slot for the run; raise Cancelled if nobody wants it."""
        run, application = self._run, self._application
        with run.changed:
            self._advance("PENDING")
            while application.state == "STARTING":
                run.changed.wait(max(0.0, application.starts_in()))
                application.settle()
            limits = application.scheduler_configuration
            if not self._has_slot():
                self._advance("QUEUED")
                timeout = limits["queueTimeoutMinutes"] * self._runtime.settings.seconds_per_minute
                if not run.changed.wait_for(lambda: run.state == "CANCELLING" or self._has_slot(), timeout or None):
                    raise UnsupportedJobError(
                        f"Job run timed out in the queue after {limits['queueTimeoutMinutes']} minutes."
                    )
            self._advance("SCHEDULED")

    def _has_slot(self) -> bool:
        busy = sum(run.state in states.WITH_WORKERS for run in self._application.runs)
        return busy < int(self._application.scheduler_configuration["maxConcurrentRuns"])

    def _advance(self, state: str) -> None:
        if self._run.state == "CANCELLING":
            raise Cancelled
        self._run.move(state)

    def _start(self) -> Process:
        """Submit the application; from then on the run is RUNNING."""
        args = submit_args(self._run.job_driver)
        properties = self._defaults | conf_options(args)
        problem = exceeded(properties, self._application.maximum_capacity)  # type: ignore[arg-type]
        if problem:
            raise UnsupportedJobError(problem)
        defaults = of_serverless(properties) | self._defaults
        argv = self._runtime.submit_argv(["--deploy-mode", "cluster", *args], self._workspace, defaults)
        process = self._runtime.start(argv, self._workspace, driver_environment(properties))
        with self._run.changed:
            self._run.process = process
            if self._run.state == "CANCELLING":
                process.kill()
            else:
                self._run.move("RUNNING")
        return process

    def _finish(self, process: Process) -> int:
        """Wait for the process and return its exit code; cancel the run when its time is over."""
        minutes = self._run.execution_timeout_minutes
        try:
            return process.wait(minutes * self._runtime.settings.seconds_per_minute if minutes else None)
        except TimeoutError:
            self._run.cancel(f"Job run exceeded its execution timeout of {minutes} minutes.")
            return process.wait()
        finally:
            self._runtime.processes.forget(process)
