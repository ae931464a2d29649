"""The servers' databases: Airflow's schema is made once, and again when the pinned packages change.

sqlite cannot undo a schema that was made half, and neither Airflow nor MLflow completes one. So each database gets a
stamp when its first set-up is over, and one without a stamp is made anew.
"""

from __future__ import annotations

import hashlib
import subprocess
from typing import TYPE_CHECKING

from tools.errors import ToolError
from tools.settings import REPOSITORY, Settings
from tools.stack import airflow
from tools.stack.programs import airflow_environment

if TYPE_CHECKING:
    from pathlib import Path

    from tools.credentials import Credentials

_TAIL = 2000
"""Characters of the log that an error shows."""


def discard_unfinished(settings: Settings) -> None:
    """Delete the databases whose first set-up was cut off; nothing was stored in them yet."""
    for stamp, database in ((_airflow_stamp(settings), "airflow.db"), (_mlflow_stamp(settings), "mlflow.db")):
        if not stamp.exists():
            for each in stamp.parent.glob(f"{database}*"):
                each.unlink()


def keep(settings: Settings) -> None:
    """Say that MLflow, which makes its schema when it starts, has come so far."""
    _mlflow_stamp(settings).touch()


class Migration:
    """`airflow db migrate`, running beside the servers that do not need it."""

    def __init__(self, settings: Settings, credentials: Credentials) -> None:
        self._stamp = _airflow_stamp(settings)
        self._log = settings.logs / "airflow-db-migrate.log"
        self._wanted = hashlib.sha256((REPOSITORY / "requirements" / "airflow.txt").read_bytes()).hexdigest()
        self._process = None if self._is_current() else self._start(settings, credentials)

    def done(self) -> bool:
        """Whether the schema is current; raises ToolError with the end of the log if it could not be made so."""
        if self._process is None:
            return True
        status = self._process.poll()
        if status is None:
            return False
        if status:
            text = self._log.read_text(encoding="utf-8", errors="replace")[-_TAIL:]
            raise ToolError(f"`airflow db migrate` failed with status {status}. {self._log} ends with:\n{text}")
        self._stamp.write_text(self._wanted, encoding="utf-8")
        self._process = None
        return True

    def _is_current(self) -> bool:
        return _read(self._stamp) == self._wanted

    def _start(self, settings: Settings, credentials: Credentials) -> subprocess.Popen[bytes]:
        settings.airflow_home.mkdir(parents=True, exist_ok=True)
        settings.logs.mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as log:
            return subprocess.Popen(  # noqa: S603 - our own command
                [*airflow.executable(settings), "db", "migrate"],
                env=airflow_environment(settings, credentials),
                cwd=settings.airflow_home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


def _airflow_stamp(settings: Settings) -> Path:
    return settings.airflow_home / "migrated"


def _mlflow_stamp(settings: Settings) -> Path:
    return settings.home / "mlflow" / "ready"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
