"""Commands of the server: each with its whole process tree ends when it ends, when told to, or when the server dies."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

KEEPER = Path(__file__).with_name("keeper.py")


class ShuttingDownError(Exception):
    """A command was asked for while the server is stopping."""


class Process:
    """One running command, kept by ``keeper.py``."""

    def __init__(self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], stdout: Path, stderr: Path) -> None:
        with stdout.open("ab") as out, stderr.open("ab") as err:
            self._keeper = subprocess.Popen(  # noqa: S603 - clients say what runs
                [sys.executable, "-I", "-S", str(KEEPER), *argv],
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=err,
                bufsize=0,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The keeper's process id; the command is its child."""
        return self._keeper.pid

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code (128 + the signal for a killed command); raise TimeoutError if it still runs."""
        try:
            return self._keeper.wait(timeout)
        except subprocess.TimeoutExpired:
            raise TimeoutError from None

    def terminate(self) -> None:
        """Ask the command to stop: SIGTERM to its process group."""
        self._request(b"T")

    def freeze(self) -> None:
        """Stop the command's processes where they are: SIGSTOP."""
        self._request(b"Z")

    def _request(self, letter: bytes) -> None:
        with contextlib.suppress(BrokenPipeError, ValueError):  # it has ended, or is being killed
            if self._keeper.stdin:
                self._keeper.stdin.write(letter)

    def kill(self) -> None:
        """End the command and all its descendants now."""
        if self._keeper.stdin:
            self._keeper.stdin.close()


class Processes:
    """Every command that the server has running."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[Process] = set()
        self._closed = False

    def start(self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], stdout: Path, stderr: Path) -> Process:
        """Start a command; raise ShuttingDownError once the server is stopping."""
        with self._lock:
            if self._closed:
                raise ShuttingDownError
            process = Process(argv, cwd=cwd, env=env, stdout=stdout, stderr=stderr)
            self._running.add(process)
            return process

    def forget(self, process: Process) -> None:
        """Release what a finished command holds."""
        process.kill()
        with self._lock:
            self._running.discard(process)

    def check_open(self) -> None:
        """Raise ShuttingDownError if the server is stopping: then commands end without having failed."""
        if self._closed:
            raise ShuttingDownError

    def close(self) -> None:
        """Kill every command, wait until all are gone and refuse new ones."""
        with self._lock:
            self._closed = True
            running = list(self._running)
        for process in running:
            process.kill()
        for process in running:
            process.wait()
