"""Which stack is this? Settings and commands, and nothing of the shell that started it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tools.credentials import write_private
from tools.errors import UNUSABLE, ToolError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tools.settings import Settings
    from tools.stack.programs import Program


def describe(settings: Settings, programs: Iterable[Program]) -> dict[str, Any]:
    """What a running stack cannot change: interpreters, ports, and each program's command."""
    fixed = {
        "PENSTOCK_LOCAL_PYTHON": str(settings.local_python),
        "PENSTOCK_AIRFLOW_PYTHON": str(settings.airflow_python),
        "PENSTOCK_SPARK_PYTHON": str(settings.spark_python),
        **settings.ports,
    }
    return fixed | {f"the command of {each.name}": list(each.command) for each in programs}


def write(home: Path, identity: dict[str, Any]) -> None:
    """Remember what is about to start."""
    write_private(_file(home), json.dumps(identity, indent=2) + "\n")


def require(home: Path, wanted: dict[str, Any]) -> None:
    """Raise ToolError naming what differs, unless the stack that runs is the one that is wanted."""
    path = _file(home)
    running = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if differences := [name for name in running | wanted if running.get(name) != wanted.get(name)]:
        settings = [name for name in differences if name.startswith("PENSTOCK_")] or differences
        shown = "; ".join(f"{name} is {running.get(name)}, not {wanted.get(name)}" for name in settings)
        raise ToolError(
            f"The stack in {home} runs with other settings: {shown}. Stop it first: make down", status=UNUSABLE
        )


def _file(home: Path) -> Path:
    return home / "stack.json"
