"""Why the local stack has a process manager."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

START_SECONDS, GRACE_SECONDS = 180.0, 15.0
WORKERS = 32
"""LocalExecutor's, by default; the servers come on top."""


@pytest.fixture
def standalone(tmp_path: Path) -> Iterator[psutil.Process]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",  # it calls `airflow` by its name
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{tmp_path}/airflow.db",
        "AIRFLOW__API__PORT": port,
    }
    with (tmp_path / "standalone.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "airflow", "standalone"],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield psutil.Process(process.pid)
    finally:
        for each in family(tmp_path):
            each.kill()
        process.wait(30)


def family(home: Path) -> list[psutil.Process]:
    """Every process with this Airflow home, whoever its parent is by now."""
    found = []
    for each in psutil.process_iter():
        try:
            if each.environ().get("AIRFLOW_HOME") == str(home) and each.status() != psutil.STATUS_ZOMBIE:
                found.append(each)
        except psutil.Error:
            continue
    return found


@pytest.mark.timeout(400)
def test_standalone_leaves_its_children_running(standalone: psutil.Process) -> None:
    deadline = time.monotonic() + START_SECONDS
    while len(children := standalone.children(recursive=True)) < WORKERS:
        assert time.monotonic() < deadline, children
        time.sleep(0.5)
    standalone.terminate()
    _, left = psutil.wait_procs(children, timeout=GRACE_SECONDS)
    assert left
