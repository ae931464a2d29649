"""The real service, as `python -m serving serve` starts it, on bundles of the small catalogue."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

REPOSITORY = Path(__file__).parents[3]
SERVING_PYTHON = os.environ.get("PENSTOCK_SERVING_PYTHON", str(REPOSITORY / ".venv/serving/bin/python"))
SECONDS = 120
"""Of patience for a start on a busy machine."""
_PREFIX = "PENSTOCK_SERVING_"
_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def python(*arguments: str) -> str:
    """What a module prints that runs in the service's environment."""
    done = subprocess.run(
        [SERVING_PYTHON, "-m", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "benchmarks")},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(arguments)} ended with status {done.returncode}:\n{done.stderr}"
    return done.stdout.strip()


@dataclass(frozen=True)
class Service:
    """One that runs: where, and the process."""

    url: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End it and wait for the end."""
        self.process.terminate()
        self.process.wait(SECONDS)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with _DIRECTLY.open(f"{url}/healthz", timeout=5) as got:
            json.load(got)
    except (OSError, ValueError):
        return False
    return True


@contextlib.contextmanager
def served(home: Path, log: IO[bytes], **settings: str) -> Iterator[Service]:
    """A service with these settings, stopped at the end; its health is waited for, not its bundle."""
    port = _free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_PREFIX)}
    given = {"port": str(port), "cache": str(home / "cache"), **settings}
    process = subprocess.Popen(
        [SERVING_PYTHON, "-m", "serving", "serve"],
        cwd=REPOSITORY,
        env={**kept, **{f"{_PREFIX}{name.upper()}": value for name, value in given.items()}},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    service = Service(f"http://127.0.0.1:{port}", process)
    try:
        until = time.monotonic() + SECONDS
        while not _answers(service.url):
            assert process.poll() is None, f"The service ended with status {process.returncode}; see {log.name}"
            assert time.monotonic() < until, f"The service does not answer after {SECONDS} s; see {log.name}"
            time.sleep(0.1)
        yield service
    finally:
        service.stop()
