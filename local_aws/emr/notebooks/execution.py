"""What happens to a notebook execution from its start to its end: one thread each."""

import logging
import shutil
import tempfile
import threading
from pathlib import Path

from local_aws.emr.cluster import RunningCluster
from local_aws.emr.commands import NOT_EXECUTABLE, exported_variables, spark_defaults
from local_aws.emr.notebooks.kernel import kernel_environment, notebook_argv
from local_aws.emr.notebooks.notebook import NotebookExecution
from local_aws.emr.notebooks.requests import parameters
from local_aws.failure import failure_message
from local_aws.processes import Process, ShuttingDownError
from local_aws.recording.roles import role_name
from local_aws.runtime import Runtime
from local_aws.spark import MACHINE_VARIABLES

# The state while the outputs are saved, and the last one.
WELL, BADLY, STOPPED = ("FINISHING", "FINISHED"), ("FAILING", "FAILED"), ("STOPPING", "STOPPED")
log = logging.getLogger(__name__)


class UnwantedError(Exception):
    """Somebody has asked for the end before there was anything to end."""


class NotebookRun:
    """Executes one notebook on a cluster. Nothing polls: the thread waits for its process."""

    def __init__(
        self, execution: NotebookExecution, cluster: RunningCluster, runtime: Runtime, *, source: str, folder: str
    ) -> None:
        self._execution = execution
        self._cluster = cluster
        self._runtime = runtime
        self._source = source
        self._output = f"{folder}/{source.rpartition('/')[2]}"
        self._workspace = runtime.workspace("emr", cluster.id, "notebooks", execution.id, role=cluster.job_flow_role)

    def launch(self) -> None:
        """Begin; returns at once."""
        threading.Thread(target=self._run, daemon=True, name=self._execution.id).start()

    def _run(self) -> None:
        execution = self._execution
        try:
            problem = self._outcome()
            (saving, last), detail = self._ending(problem)
            execution.move(saving, detail)
            self._publish()
            execution.move(last, detail)
        except ShuttingDownError:
            return
        except Exception as error:
            log.exception("notebook execution %s broke", execution.id)
            self._break(error)
        self._workspace.tidy()
        self._cluster.notebook_ended()

    def _outcome(self) -> str:
        """Run the notebook and return why it failed, nothing if it did not."""
        try:
            with tempfile.TemporaryDirectory(prefix="local-aws-") as sockets:  # 0700; their paths must be short
                code = self._finish(self._start(sockets))
        except UnwantedError:
            return ""
        except NOT_EXECUTABLE as error:
            self._workspace.note(f"ERROR {error}")
            return str(error)
        return failure_message(self._workspace.read(self._workspace.stderr), code) if code else ""

    def _finish(self, process: Process) -> int:
        code = process.wait()
        self._runtime.processes.forget(process)
        self._runtime.processes.check_open()
        self._workspace.note(f"INFO waitProcessCompletion ended with exit code {code}")
        return code

    def _start(self, sockets: str) -> Process:
        execution, workspace = self._execution, self._workspace
        self._advance("STARTING")
        workspace.note(f"INFO notebook execution {execution.id}: {self._source} to {self._output}")
        self._runtime.store.note("GetObject", self._source, self._role)
        argv = notebook_argv(
            self._runtime.store.fetch(self._source, workspace.folder / "input"),
            self._made,
            parameters(execution.request),
            sockets,
            runtime=self._runtime,
            workspace=workspace,
            defaults=spark_defaults(self._cluster.plain_configurations),
            engine=self._cluster.engine.properties(),
        )
        with execution.changed:
            self._advance("RUNNING")
            process = self._runtime.start(argv, workspace, self._environment())
            execution.process = process
            return process

    def _advance(self, state: str) -> None:
        with self._execution.changed:
            if self._execution.state == "STOP_PENDING" or self._execution.doom:
                raise UnwantedError
            self._execution.move(state)

    @property
    def _made(self) -> Path:
        """Where papermill writes the notebook with its outputs, after each cell."""
        folder = self._workspace.folder / "output"
        folder.mkdir(exist_ok=True)
        return folder / self._output.rpartition("/")[2]

    @property
    def _role(self) -> str:
        """The role by which EMR reads the notebook and leaves it; its cells act by that of the nodes."""
        return role_name(self._execution.request.get("ServiceRole") or "")

    def _environment(self) -> dict[str, str]:
        asked = self._execution.request.get("EnvironmentVariables") or {}
        return {
            **exported_variables(self._cluster.plain_configurations),
            **{name: value for name, value in asked.items() if name not in MACHINE_VARIABLES},
            **kernel_environment(self._workspace),
            "EMR_CLUSTER_ID": self._cluster.id,
        }

    def _ending(self, problem: str) -> tuple[tuple[str, str], str]:
        """How it ends, and why it failed."""
        execution = self._execution
        with execution.changed:
            if execution.state == "STOP_PENDING":
                return STOPPED, ""
            reason = execution.doom or problem
            return (BADLY, reason) if reason else (WELL, "")

    def _publish(self) -> None:
        """Leave the notebook with its outputs, all of them or as far as it came."""
        store = self._runtime.store
        if self._made.is_file():
            target = store.file(self._output)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self._made, target)
            store.note("PutObject", self._output, self._role)
            self._execution.output_uri = self._output
        store.forget()

    def _break(self, error: Exception) -> None:
        execution = self._execution
        with execution.changed:
            if execution.state not in {"FAILING", *STOPPED}:
                execution.move("FAILING" if execution.state != "STOP_PENDING" else "STOPPING")
            execution.move("STOPPED" if execution.state == "STOPPING" else "FAILED", f"The local AWS failed: {error!r}")
