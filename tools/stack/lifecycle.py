"""Start, reuse, describe and stop the stack."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from tools import bundle, packages
from tools.airflow_api import UNFINISHED, AirflowApi
from tools.credentials import Credentials, load_or_create, write_private
from tools.datasets.dataset import upload
from tools.environment.build import upload_environment
from tools.environment.tarball import sha256_of
from tools.errors import ToolError
from tools.interruption import uninterrupted
from tools.settings import REPOSITORY, Settings
from tools.stack import airflow, aws, database, identity, ports, supervisor, sweep
from tools.stack.health import Health
from tools.stack.programs import LOCAL_AWS, programs
from tools.stack.progress import Progress, shown
from tools.stack.supervisor import Supervisor

if TYPE_CHECKING:
    from pathlib import Path

    from penstock.deployment import Deployment
    from tools.datasets.dataset import Dataset

CODE_AND_DATA = "code and data"
_POLL_SECONDS = 0.2
_SHUTDOWN_SECONDS = 25.0
_TAIL_LINES = 15


class Stack:
    """The local stack of one home."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.supervisor = Supervisor(settings)

    @property
    def credentials(self) -> Credentials:
        """Its passwords and keys."""
        return load_or_create(self.settings.home)

    def running(self) -> bool:
        """Whether it was started and not stopped."""
        return self.supervisor.alive()

    def up(self, dataset: Dataset | None) -> bool:
        """Start what does not run, upload the data if any, wait until all is ready; False if everything ran already.

        Whatever ends this early (an error, Ctrl-C) also ends what it started. Raises ToolError.
        """
        built = bundle.build_bundle(REPOSITORY)
        if self.running():
            identity.require(self.settings.home, self._identity())
            self._until_ready(dataset, built)
            return False
        sweep.stop(self.settings.home)
        self.settings.check_here()
        self.settings.check_interpreters()
        ports.check(self.settings.ports)
        try:
            self._start()
            self._until_ready(dataset, built)
            self._abandon_unfinished_runs()
        except BaseException:
            with uninterrupted():
                self.down()
            raise
        return True

    def down(self) -> list[str]:
        """Stop everything, also what lost its supervisor; returns what had to be swept up after it."""
        ran = self.supervisor.alive_at_all()
        if ran:
            self.supervisor.shutdown(_SHUTDOWN_SECONDS)
        swept = sweep.stop(self.settings.home)
        supervisor.socket_path(self.settings.home).unlink(missing_ok=True)
        if ran or swept:  # else it may be that of a local AWS that runs alone
            self.settings.aws_state_file.unlink(missing_ok=True)
        return swept

    def _configuration(self) -> str:
        return supervisor.configuration(self.settings, programs(self.settings, self.credentials))

    def _identity(self) -> dict[str, Any]:
        return identity.describe(self.settings, programs(self.settings, self.credentials))

    def _start(self) -> None:
        for folder in (self.settings.airflow_home, self.settings.home / "mlflow", self.settings.logs):
            folder.mkdir(parents=True, exist_ok=True)
        self.settings.aws_state_file.unlink(missing_ok=True)
        database.discard_unfinished(self.settings)
        airflow.write_passwords(self.settings, self.credentials)
        identity.write(self.settings.home, self._identity())
        environment = supervisor.environment(self.settings, programs(self.settings, self.credentials))
        self.supervisor.start(self._configuration(), environment)

    def _until_ready(self, dataset: Dataset | None, built: bundle.Bundle) -> None:
        servers = programs(self.settings, self.credentials)
        archive = self._packages()
        packages_sha = archive.sha if archive.built else ""
        environment = self.settings.spark_environment
        deployment = aws.deployment(
            self.settings,
            code_sha=built.sha,
            packages_sha=packages_sha,
            environment_sha=sha256_of(environment) if environment else "",
        )
        write_private(self.settings.deployment_file, deployment.to_json())
        migration = database.Migration(self.settings, self.credentials)
        health = Health(self.settings)
        progress = Progress([*(each.name for each in servers), CODE_AND_DATA])
        uploaded: Future[None] | None = None
        to_start = [each.name for each in servers if each.waits_for_database]
        with shown(progress), ThreadPoolExecutor(1) as background:
            while progress.waiting:
                if to_start and migration.done():
                    while to_start:
                        self.supervisor.start_program(to_start.pop(0))
                for name in health.ready():
                    progress.ready(name)
                if uploaded is None and LOCAL_AWS not in progress.waiting:
                    uploaded = background.submit(self._provision, built, deployment, dataset)
                if uploaded and uploaded.done():
                    uploaded.result()
                    progress.ready(CODE_AND_DATA)
                self._check(progress)
                time.sleep(_POLL_SECONDS)
        database.keep(self.settings)

    def _provision(self, built: bundle.Bundle, deployment: Deployment, dataset: Dataset | None) -> None:
        try:
            aws.provision(self.settings, self.credentials)
            s3 = aws.client("s3", self.settings, self.credentials)
            bundle.upload(s3, built, deployment.code)
            if deployment.packages_sha:
                packages.upload(s3, self._packages(), deployment.layout)
            if self.settings.spark_environment:
                sha = deployment.environment_sha
                upload_environment(s3, self.settings.spark_environment, sha, deployment.layout)
            if dataset is not None:
                upload(s3, dataset, deployment.layout)
        except (ClientError, BotoCoreError) as error:
            raise ToolError(
                f"The local AWS did not take {CODE_AND_DATA}: {error}. Is the disk full? If not, see "
                f"{self.settings.logs / LOCAL_AWS}.log, then: make down up"
            ) from error

    def _packages(self) -> packages.Packages:
        """The archive of the models' packages for this machine, built or not."""
        return packages.wanted(self.settings.home, packages.Architecture.here())

    def _check(self, progress: Progress) -> None:
        """Raise ToolError if a server gave up, or none of this ends."""
        given_up = [each for each in self.supervisor.states() if each.state in ("FATAL", "EXITED")]
        if given_up:
            first = given_up[0]
            raise ToolError(f"{first.name} does not start: {first.description}\n{self._log_end(first.name)}")
        if progress.elapsed > self.settings.start_seconds:
            late = progress.waiting[0]
            raise ToolError(
                f"Not ready after {self.settings.start_seconds} s (PENSTOCK_START_SECONDS): "
                f"{', '.join(progress.waiting)}\n{self._log_end(late)}"
            )

    def _log_end(self, name: str) -> str:
        path = self.settings.logs / f"{name}.log"
        return f"{path} ends with:\n" + _tail(path)

    def _abandon_unfinished_runs(self) -> None:
        """Runs of an earlier start cannot go on: their clusters are gone."""
        api = AirflowApi(self.settings, self.credentials)
        for run in api.runs(state=list(UNFINISHED)):
            api.fail_run(run["dag_id"], run["dag_run_id"])


def _tail(path: Path) -> str:
    if not path.exists():
        return "(nothing)"
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL_LINES:])
