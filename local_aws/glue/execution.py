"""What happens to a job run from its start to its end: one thread per run."""

import logging
import shutil
import threading
from typing import Any

from local_aws.failure import failure_message
from local_aws.glue.arguments import RunArguments, UnsupportedArgumentError, sort_arguments
from local_aws.glue.jobs import JobRun
from local_aws.glue.logs import publish
from local_aws.processes import Process, ShuttingDownError
from local_aws.runtime import Runtime, Workspace
from local_aws.s3 import ObjectStoreError
from local_aws.spark import NoSparkError

SPARK_JOB = "glueetl"
NOT_EXECUTABLE = (UnsupportedArgumentError, NoSparkError, ObjectStoreError, OSError)
log = logging.getLogger(__name__)


class RunExecution:
    """Executes one job run."""

    def __init__(self, run: JobRun, runtime: Runtime, logs_backend: Any) -> None:
        self._run = run
        self._runtime = runtime
        self._logs = logs_backend
        self._workspace = runtime.workspace("glue", run.job_name, run.job_run_id)

    def launch(self) -> None:
        """Begin; returns at once."""
        threading.Thread(target=self._execute, daemon=True, name=self._run.job_run_id).start()

    def _execute(self) -> None:
        try:
            state, error = self._outcome()
            publish(self._logs, self._run.job_run_id, self._workspace)
            self._runtime.store.forget()
        except ShuttingDownError:
            return
        except Exception as problem:
            log.exception("job run %s broke", self._run.job_run_id)
            state, error = "FAILED", f"The local AWS failed: {problem!r}"
        self._workspace.tidy()
        with self._run.changed:
            stopped = self._run.state == "STOPPING"
            self._run.move("STOPPED" if stopped else state, None if stopped else error)

    def _outcome(self) -> tuple[str, str | None]:
        """Run the script and return the state it leads to, with the reason of a failure."""
        try:
            process = self._start()
        except NOT_EXECUTABLE as problem:
            self._workspace.note(f"ERROR {problem}")
            return "FAILED", str(problem)
        try:
            code = process.wait(self._run.minutes_allowed() * self._runtime.settings.seconds_per_minute)
        except TimeoutError:
            process.kill()
            process.wait()
            return "TIMEOUT", f"Job run exceeded its timeout of {self._run.minutes_allowed():g} minutes"
        finally:
            self._runtime.processes.forget(process)
        if code == 0:
            return "SUCCEEDED", None
        return "FAILED", failure_message(self._workspace.read(self._workspace.stderr), code)

    def _start(self) -> Process:
        """Start the script; from then on the run is RUNNING, unless it has been stopped meanwhile."""
        process = self._runtime.start(self._argv(), self._workspace, {})
        with self._run.changed:
            self._run.process = process
            if self._run.state == "STOPPING":
                process.kill()
            else:
                self._run.move("RUNNING")
        return process

    def _argv(self) -> list[str]:
        run, workspace = self._run, self._workspace
        command: Any = run.job.command or {}
        if command.get("Name", SPARK_JOB) != SPARK_JOB:
            raise UnsupportedArgumentError(f"only {SPARK_JOB} jobs are executed here, not {command['Name']}")
        arguments = sort_arguments(run.arguments or {}, job_name=run.job_name, run_id=run.job_run_id)
        self._copy_files(arguments, workspace)
        script = self._runtime.local_file(command.get("ScriptLocation", ""), workspace)
        zips = [str(self._runtime.local_file(address, workspace)) for address in arguments.py_files]
        options = ["--py-files", ",".join(zips)] if zips else []
        return self._runtime.submit_argv([*options, str(script), *arguments.script], workspace, arguments.conf)

    def _copy_files(self, arguments: RunArguments, workspace: Workspace) -> None:
        for address in arguments.files:
            source = self._runtime.local_file(address, workspace)
            shutil.copyfile(source, workspace.folder / source.name)
