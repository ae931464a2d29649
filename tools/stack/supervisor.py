"""supervisord as a library would be: write its configuration, start it, ask it, stop it."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import subprocess
import tempfile
import time
import xmlrpc.client
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
from supervisor.xmlrpc import SupervisorTransport  # type: ignore[import-untyped]

from tools.credentials import write_private
from tools.errors import ToolError
from tools.stack.programs import MARKER, Program

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tools.settings import Settings

_LONGEST_SOCKET = 90
"""Bytes in a unix socket's path: 104 on macOS, 108 on Linux, less what supervisor appends to it."""
_ANSWERS_WITHIN = 15.0

_SILENT = (OSError, xmlrpc.client.Error, http.client.HTTPException)
"""What a call raises when nobody listens, or supervisord is about to stop."""

_HEAD = """\
[unix_http_server]
file={socket}
chmod=0600

[supervisord]
logfile={logs}/supervisord.log
pidfile={home}/supervisord.pid
childlogdir={logs}
minfds=1024

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://{socket}
"""
_PROGRAM = """
[program:{name}]
command={command}
environment={environment}
directory={home}
autostart={autostart}
autorestart=unexpected
startsecs=5
startretries=2
stopasgroup=true
killasgroup=true
stopwaitsecs=10
redirect_stderr=true
stdout_logfile={logs}/{name}.log
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=1
"""


@dataclass(frozen=True)
class ProgramState:
    """What supervisord says of one program, e.g. RUNNING or FATAL."""

    name: str
    state: str
    description: str


def configuration(settings: Settings, programs: Iterable[Program]) -> str:
    """supervisord.conf; those that wait for the database are started by name."""
    places = {"socket": socket_path(settings.home), "home": settings.home, "logs": settings.logs}
    if "%" in str(settings.home):
        raise ToolError(f"PENSTOCK_HOME={settings.home}: supervisord cannot work in a folder with % in its path")
    sections = [
        _PROGRAM.format(
            name=each.name,
            command=" ".join(_quote(part) for part in each.command),
            environment=",".join(f"{key}={_quote(value)}" for key, value in each.environment.items()),
            autostart=str(not each.waits_for_database).lower(),
            **places,
        )
        for each in programs
    ]
    return _HEAD.format(**places) + "".join(sections)


def socket_path(home: Path) -> Path:
    """Inside the home, unless that makes it longer than a socket's path may be."""
    inside = home / "supervisor.sock"
    if len(str(inside).encode()) <= _LONGEST_SOCKET:
        return inside
    return Path(tempfile.gettempdir()) / f"penstock-{hashlib.sha256(str(home).encode()).hexdigest()[:16]}.sock"


class Supervisor:
    """The supervisord of one stack."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.config = settings.home / "supervisord.conf"

    @property
    def _rpc(self) -> Any:
        """A fresh connection: one that outlived its supervisord could not be used again.

        Raises FileNotFoundError without a socket; the transport would leave one of its own open to the collector.
        """
        path = socket_path(self._settings.home)
        path.stat()
        transport = SupervisorTransport(None, None, f"unix://{path}")
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor

    def alive(self) -> bool:
        """Whether it answers."""
        try:
            return str(self._rpc.getState()["statename"]) == "RUNNING"
        except _SILENT:
            return False

    def start(self, text: str, environment: Mapping[str, str]) -> None:
        """Write the configuration and start supervisord as a daemon; raises ToolError if it does not answer."""
        write_private(self.config, text)
        self._settings.logs.mkdir(parents=True, exist_ok=True)
        command = [str(self._settings.local_python), "-m", "supervisor.supervisord", "-c", str(self.config)]
        done = subprocess.run(  # noqa: S603 - our own command
            command, env=dict(environment), capture_output=True, text=True, check=False
        )
        deadline = time.monotonic() + _ANSWERS_WITHIN
        while not self.alive():
            if done.returncode or time.monotonic() > deadline:
                log = self._settings.logs / "supervisord.log"
                raise ToolError(f"supervisord did not start: {done.stdout}{done.stderr}\nIts log: {log}")
            time.sleep(0.05)

    def start_program(self, name: str) -> None:
        """Start one program unless it runs; does not wait."""
        with contextlib.suppress(xmlrpc.client.Fault):  # ALREADY_STARTED
            self._rpc.startProcess(name, False)  # noqa: FBT003 - XML-RPC has no keywords

    def states(self) -> list[ProgramState]:
        """Every program; empty if supervisord does not answer."""
        try:
            return [ProgramState(each["name"], each["statename"], each["description"]) for each in self._processes()]
        except _SILENT:
            return []

    def shutdown(self, timeout: float) -> None:
        """Stop all programs at once, then supervisord itself; what it cannot do is left to the sweep."""
        with contextlib.suppress(*_SILENT, psutil.Error):
            daemon = psutil.Process(self._rpc.getPID())
            self._rpc.stopAllProcesses()  # in parallel, where shutdown alone stops one after the other
            self._rpc.shutdown()
            daemon.wait(timeout)

    def alive_at_all(self) -> bool:
        """Whether it answers anything, even that it is shutting down."""
        try:
            self._rpc.getState()
        except _SILENT:
            return False
        return True

    def _processes(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._rpc.getAllProcessInfo()
        return found


def environment(settings: Settings, programs: Iterable[Program]) -> dict[str, str]:
    """Supervisord's own environment: the plain machine of its first program."""
    return {**next(iter(programs)).environment, MARKER: str(settings.home)}


def _quote(value: str) -> str:
    """A value as supervisor's parser reads it back.

    It has no escape for a quote inside the same quotes, and takes ` ;` and ` #` for comments wherever they stand.
    """
    if ('"' in value and "'" in value) or any(each in value for each in ("\n", " ;", " #")):
        raise ToolError(f"supervisord cannot carry a line break, ` ;`, ` #` or both kinds of quotes: {value!r}")
    quote = "'" if '"' in value else '"'
    return quote + value.replace("%", "%%") + quote
