"""What happens to a job run from its start to its end: one thread per run."""

import contextlib
import logging
import os
import shutil
import threading
import time
from pathlib import Path
from typing import Any

from local_aws.failure import failure_message
from local_aws.glue.arguments import MODULES, RunArguments, UnsupportedArgumentError, sort_arguments
from local_aws.glue.bookmarks import BookmarkOptionError
from local_aws.glue.jobs import JobRun
from local_aws.glue.logs import LogStreams
from local_aws.glue.modules import install_command, network_environment
from local_aws.processes import Process, ShuttingDownError
from local_aws.runtime import Runtime, Workspace
from local_aws.s3 import ObjectStoreError
from local_aws.spark import NoSparkError

SPARK_JOB = "glueetl"
AWSGLUE = Path(__file__).with_name("shim")  # the folder of the package awsglue
LOG_INTERVAL_SECONDS = 1.0
log = logging.getLogger(__name__)


class InstallError(Exception):
    """pip could not install a module."""


NOT_EXECUTABLE = (
    *(UnsupportedArgumentError, BookmarkOptionError, InstallError),
    *(NoSparkError, ObjectStoreError, OSError, ValueError),
)


class RunExecution:
    """Executes one job run."""

    def __init__(self, run: JobRun, runtime: Runtime, logs_backend: Any) -> None:
        self._run = run
        self._runtime = runtime
        self._workspace = runtime.workspace("glue", run.job_name, run.job_run_id, role=run.job.role or "")
        self._streams = LogStreams(logs_backend, run.job_run_id, self._workspace)

    def launch(self) -> None:
        """Begin; returns at once."""
        threading.Thread(target=self._execute, daemon=True, name=self._run.job_run_id).start()

    def _execute(self) -> None:
        run = self._run
        try:
            state, error = self._outcome()
            self._streams.publish(ended=True)
            run.job.bookmark.take_back(self._workspace, run_id=run.job_run_id, attempt=run.attempt)
            self._runtime.store.forget()
        except ShuttingDownError:
            return
        except Exception as problem:
            log.exception("job run %s broke", run.job_run_id)
            state, error = "FAILED", f"The local AWS failed: {problem!r}"
        self._workspace.tidy()
        with run.changed:
            stopped = run.state == "STOPPING"
            run.move("STOPPED" if stopped else state, None if stopped else error)
        if run.state == "FAILED":
            run.job.retry(run)

    def _outcome(self) -> tuple[str, str | None]:
        """Run the script and return the state it leads to, with the reason of a failure."""
        deadline = time.monotonic() + self._run.minutes_allowed() * self._runtime.settings.seconds_per_minute
        try:
            process = self._start()
        except NOT_EXECUTABLE as problem:
            self._workspace.note(f"ERROR {problem}")
            return "FAILED", str(problem)
        code = self._wait(process, deadline)
        self._runtime.processes.check_open()
        if code is None:
            return "TIMEOUT", f"Job run exceeded its timeout of {self._run.minutes_allowed():g} minutes"
        if code == 0:
            return "SUCCEEDED", None
        return "FAILED", failure_message(self._workspace.read(self._workspace.stderr), code)

    def _wait(self, process: Process, deadline: float) -> int | None:
        """Return the exit code and publish logs meanwhile; at the deadline kill the process and return None."""
        try:
            while (left := deadline - time.monotonic()) > 0:
                with contextlib.suppress(TimeoutError):
                    return process.wait(min(left, LOG_INTERVAL_SECONDS))
                self._streams.publish()
            process.kill()
            process.wait()
            return None
        finally:
            self._runtime.processes.forget(process)

    def _start(self) -> Process:
        """Start the script; from then on the run is RUNNING, unless it has been stopped meanwhile."""
        run, workspace = self._run, self._workspace
        command: Any = run.job.command or {}
        if command.get("Name", SPARK_JOB) != SPARK_JOB:
            raise UnsupportedArgumentError(f"only {SPARK_JOB} jobs are executed here, not {command['Name']}")
        arguments = sort_arguments(run.arguments or {}, job_name=run.job_name, run_id=run.job_run_id)
        path = [*self._install(arguments), str(AWSGLUE)]
        environment = run.job.bookmark.hand_over(workspace, arguments.bookmark_option)
        argv = self._argv(arguments, command.get("ScriptLocation", ""))
        process = self._runtime.start(argv, workspace, {**environment, "PYTHONPATH": os.pathsep.join(path)})
        with run.changed:
            if not self._register(process):
                run.move("RUNNING")
        return process

    def _register(self, process: Process) -> bool:
        """Let the run be stopped by killing this process; return whether it has been stopped already."""
        with self._run.changed:
            self._run.process = process
            stopping = self._run.state == "STOPPING"
            if stopping:
                process.kill()
            return stopping

    def _argv(self, arguments: RunArguments, script_location: str) -> list[str]:
        workspace = self._workspace
        for address in arguments.files:
            source = self._runtime.local_file(address, workspace)
            shutil.copyfile(source, workspace.folder / source.name)
        script = self._runtime.local_file(script_location, workspace)
        zips = [str(self._runtime.local_file(address, workspace)) for address in arguments.py_files]
        options = ["--py-files", ",".join(zips)] if zips else []
        launcher = [str(AWSGLUE / "launch.py")] if arguments.uses_catalog else []
        submission = [*options, *launcher, str(script), *arguments.script]
        return self._runtime.submit_argv(submission, workspace, arguments.conf)

    def _install(self, arguments: RunArguments) -> list[str]:
        """Install the additional modules and return the folder that they are in; raise InstallError if pip fails."""
        if not arguments.modules:
            return []
        folder = self._workspace.folder / "modules"
        pip = Workspace(self._workspace.folder / "pip")
        argv = install_command(arguments.modules, arguments.installer_options, folder, self._runtime, pip)
        process = self._runtime.start(argv, pip, network_environment())
        self._register(process)
        code = process.wait()
        self._runtime.processes.forget(process)
        pip.tidy()
        if code:
            reason = failure_message(pip.read(pip.stderr), code)
            raise InstallError(f"{MODULES} {','.join(arguments.modules)} could not be installed: {reason}")
        return [str(folder)]
