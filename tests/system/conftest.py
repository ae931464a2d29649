"""The stack as a user starts it: the real command line, on free ports, in a home of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from tools.settings import REPOSITORY, Settings

PORTS = ("PENSTOCK_AIRFLOW_PORT", "PENSTOCK_AWS_PORT", "PENSTOCK_S3_PORT", "PENSTOCK_MLFLOW_PORT")
MARKER = "PENSTOCK_STACK"


def free_ports(count: int) -> list[int]:
    """Held all at once, so that they are distinct."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


@dataclass(kw_only=True)
class CommandLine:
    """`python -m tools` with one environment."""

    home: Path
    environment: dict[str, str] = field(init=False)
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        ports = {variable: str(port) for variable, port in zip(PORTS, free_ports(len(PORTS)), strict=True)}
        self.environment = {**os.environ, "PENSTOCK_HOME": str(self.home), "COLUMNS": "160", **ports}

    @property
    def settings(self) -> Settings:
        return Settings.from_environment(self.environment)

    def start(self, *command: str) -> subprocess.Popen[str]:
        """As a shell's foreground job: the leader of its own process group."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tools", *command],
            cwd=REPOSITORY,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )
        self.started.append(process)
        return process

    def run(self, *command: str, seconds: float = 420) -> tuple[int, str]:
        """Exit status and everything printed."""
        process = self.start(*command)
        output, _ = process.communicate(timeout=seconds)
        return process.returncode, output

    def processes(self) -> dict[int, str]:
        """What runs for this home, found without the tools: by marker, or by the home on the command line."""
        found = {}
        for process in psutil.process_iter():
            try:
                words = " ".join(process.cmdline())
                ours = process.environ().get(MARKER) == str(self.home) or f"{self.home}/" in words
                if ours and process.status() != psutil.STATUS_ZOMBIE:
                    found[process.pid] = words
            except psutil.Error:
                continue
        return found

    def servers(self) -> set[int]:
        """The processes that were started with a command; not those that one of them has forked for a moment's work."""
        found, servers = self.processes(), set()
        for pid, words in found.items():
            with contextlib.suppress(psutil.Error):
                forked = words == found.get(psutil.Process(pid).ppid())
                servers |= {pid} if " -m " in words and not forked else set()
        return servers


def interrupt(process: subprocess.Popen[str], signum: signal.Signals) -> None:
    """Ctrl-C reaches the whole foreground group; other signals reach one process."""
    if signum is signal.SIGINT:
        os.killpg(process.pid, signum)
    else:
        process.send_signal(signum)


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    found = CommandLine(home=tmp_path_factory.mktemp("home"))
    yield found
    for process in found.started:
        if process.poll() is None:
            process.kill()
            process.communicate()
    found.run("down")
    for pid in found.processes():
        psutil.Process(pid).kill()
