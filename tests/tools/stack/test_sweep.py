import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

from tools.stack import sweep
from tools.stack.programs import MARKER

DAEMON = """
import os, signal, sys, time
if os.fork():
    sys.exit()
os.setsid()
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(os.getpid(), flush=True)
child = os.fork()
time.sleep(600)
"""


def start_daemon(home: Path) -> int:
    """A process without a parent of ours, in a session of its own, deaf to SIGTERM; with a child."""
    command = [sys.executable, "-c", DAEMON]
    with subprocess.Popen(command, env={**os.environ, MARKER: str(home)}, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        return int(process.stdout.readline())


def test_only_the_processes_of_this_home_are_found_and_none_survives(tmp_path: Path) -> None:
    ours, others = start_daemon(tmp_path / "ours"), start_daemon(tmp_path / "others")
    try:
        deadline = time.monotonic() + 10
        while len(sweep.find(tmp_path / "ours")) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert ours in {each.pid for each in sweep.find(tmp_path / "ours")}
        stopped = sweep.stop(tmp_path / "ours", grace=0.3)
        assert len(stopped) == 2
        assert str(ours) in {each.split()[0] for each in stopped}
        assert sweep.find(tmp_path / "ours") == []
        assert psutil.pid_exists(others)
    finally:
        sweep.stop(tmp_path / "others", grace=0.3)


def test_nothing_to_stop_is_no_error(tmp_path: Path) -> None:
    assert sweep.stop(tmp_path) == []
