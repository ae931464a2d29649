"""Is a port free, and if not, who has it?"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import psutil

from tools.errors import UNUSABLE, ToolError
from tools.settings import HOST

if TYPE_CHECKING:
    from collections.abc import Mapping


def check(ports: Mapping[str, int]) -> None:
    """Raise one ToolError that names every busy port and the variable that moves it."""
    busy = [_complaint(variable, port) for variable, port in ports.items() if not is_free(port)]
    if busy:
        raise ToolError("\n".join([*busy, "Nothing was started."]), status=UNUSABLE)


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.create_server((HOST, 0)) as probe:
        return int(probe.getsockname()[1])


def _complaint(variable: str, port: int) -> str:
    holder = _holder(port)
    return f"Port {port} is in use{holder}. Free it, or set {variable} to a free port."


def _holder(port: int) -> str:
    try:
        listening = [each for each in psutil.net_connections("tcp") if each.laddr and each.laddr.port == port]
        pid = next(each.pid for each in listening if each.status == psutil.CONN_LISTEN and each.pid)
        return f" by process {pid} ({psutil.Process(pid).name()})"
    except (psutil.Error, StopIteration):
        return ""  # another user's process: only root may know
