"""Find and end every process of a stack, whoever its parent is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil

from tools.stack.programs import MARKER

if TYPE_CHECKING:
    from pathlib import Path

_GRACE_SECONDS = 10.0


def find(home: Path) -> list[psutil.Process]:
    """Processes that carry the stack's marker, and their descendants; never this process or its ancestors.

    Descendants are included because a Spark job's environment is its own, without the marker.
    """
    marked = [process for process in psutil.process_iter() if _belongs(process, home)]
    found = {process.pid: process for root in marked for process in (root, *_children(root))}
    spared = {psutil.Process().pid, *(parent.pid for parent in psutil.Process().parents())}
    return [process for pid, process in found.items() if pid not in spared]


def stop(home: Path, grace: float = _GRACE_SECONDS) -> list[str]:
    """SIGTERM, then SIGKILL after a grace period, until none is left; returns what was stopped, described."""
    processes = find(home)
    stopped = [describe(process) for process in processes]
    for process in processes:
        _signal(process, "terminate")
    psutil.wait_procs(processes, timeout=grace)
    for process in find(home) + [each for each in processes if each.is_running()]:
        _signal(process, "kill")
    psutil.wait_procs(processes, timeout=grace)
    return stopped


def describe(process: psutil.Process) -> str:
    """`<pid> <command>`, shortened."""
    try:
        command = " ".join(process.cmdline()) or process.name()
    except psutil.Error:
        command = "?"
    return f"{process.pid} {command[:100]}"


def _belongs(process: psutil.Process, home: Path) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and process.environ().get(MARKER) == str(home)
    except psutil.Error:
        return False  # it ended, or it is another user's


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def _signal(process: psutil.Process, method: str) -> None:
    try:
        getattr(process, method)()
    except psutil.Error:
        return  # it ended by itself
