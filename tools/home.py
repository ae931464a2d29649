"""The folder of one stack: made private and marked, so that it can be told from a folder of the user's."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tools.errors import UNUSABLE, ToolError
from tools.settings import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

MARK = ".penstock-home"
_MADE_BY_US = (
    "data",
    "aws",
    "mlflow",
    "airflow",
    "logs",
    "recording",
    "tables.db",
    "tables.db-shm",
    "tables.db-wal",
    "deployment.json",
    "demo-summary.json",
    "local-aws.json",
    "stack.json",
    "secrets.json",
    "supervisord.conf",
    "supervisord.pid",
    "supervisor.sock",
    MARK,
)
_WORDS = "Penstock's local stack made this folder; `make clean` deletes it.\n"


def prepare(home: Path) -> None:
    """Make the folder with mode 0700 and mark it; one that held files of others before is used, but not marked."""
    home.parent.mkdir(parents=True, exist_ok=True)
    home.mkdir(mode=0o700, exist_ok=True)
    if not any(home.iterdir()):
        home.chmod(0o700)
        (home / MARK).write_text(_WORDS, encoding="utf-8")


def delete(home: Path) -> bool:
    """Delete what the tools put there, and the folder if nothing is left; False if there is none.

    Raises ToolError if the folder was not made by `prepare` and is not the default.
    """
    if not home.exists():
        return False
    if home != REPOSITORY / ".penstock" and not (home / MARK).is_file():
        raise ToolError(
            f"PENSTOCK_HOME={home} was not made by Penstock: expected {MARK} in it. Nothing was deleted. "
            "Delete what you do not need yourself, or unset PENSTOCK_HOME",
            status=UNUSABLE,
        )
    for name in _MADE_BY_US:
        path = home / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if not any(home.iterdir()):
        home.rmdir()
    return True
