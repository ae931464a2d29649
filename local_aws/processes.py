"""Commands of the server: each with its whole process tree ends when it ends, when told to, or when the server dies."""

import contextlib
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

KILLED = 137
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


class QueuedProcess(Process):
    """A command that begins when fewer than a number of others run; until then it can be waited for and killed."""

    def __init__(self, begin: Callable[[], Process]) -> None:
        self._begin = begin
        self._lock = threading.Lock()
        self._decided = threading.Event()  # it has begun, or never will
        self._begun: Process | None = None
        self._problem: Exception | None = None

    def begin(self) -> bool:
        """Begin now; return whether the command takes a place, which it does not once it was killed."""
        with self._lock:
            if self._decided.is_set():
                return False
            try:
                self._begun = self._begin()
            except (OSError, ShuttingDownError) as problem:
                self._problem = problem
            self._decided.set()
            return self._begun is not None

    @property
    def pid(self) -> int:
        """The keeper's process id, 0 before there is one."""
        return self._begun.pid if self._begun else 0

    @property
    def begun(self) -> Process | None:
        """The command, once it has begun."""
        return self._begun

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code, SIGKILL's for a command killed in the queue; raise what kept it from beginning."""
        until = time.monotonic() + timeout if timeout is not None else None
        if not self._decided.wait(timeout):
            raise TimeoutError
        if self._problem:
            raise self._problem
        left = max(0.0, until - time.monotonic()) if until is not None else None
        return self._begun.wait(left) if self._begun else KILLED

    def terminate(self) -> None:
        """Ask the command to stop; in the queue that is all it takes."""
        self._begun.terminate() if self._begun else self.kill()

    def freeze(self) -> None:
        """Stop the command's processes where they are; in the queue it is where it is."""
        if self._begun:
            self._begun.freeze()

    def kill(self) -> None:
        """End the command, begun or not."""
        with self._lock:
            self._decided.set()
        if self._begun:
            self._begun.kill()


class Processes:
    """Every command that the server has running. ``limit`` bounds those that are queued, not the others."""

    def __init__(self, limit: int = 1) -> None:
        self._lock = threading.Lock()
        self._running: set[Process] = set()
        self._closed = False
        self._limit = limit
        self._places = threading.Lock()
        self._queue: deque[QueuedProcess] = deque()
        self._busy: set[QueuedProcess] = set()

    def queue(self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], stdout: Path, stderr: Path) -> Process:
        """Start a command as soon as there is a place for it; first come, first served."""
        process = QueuedProcess(lambda: self.start(argv, cwd=cwd, env=env, stdout=stdout, stderr=stderr))
        with self._places:
            self._queue.append(process)
            self._advance()
        return process

    def _advance(self) -> None:
        while self._queue and len(self._busy) < self._limit:
            process = self._queue.popleft()
            if process.begin():
                self._busy.add(process)

    def _leave(self, process: QueuedProcess) -> None:
        with self._places:
            self._busy.discard(process)
            self._advance()

    def start(self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], stdout: Path, stderr: Path) -> Process:
        """Start a command; raise ShuttingDownError once the server is stopping."""
        with self._lock:
            if self._closed:
                raise ShuttingDownError
            process = Process(argv, cwd=cwd, env=env, stdout=stdout, stderr=stderr)
            self._running.add(process)
            return process

    @property
    def busy(self) -> bool:
        """Whether a step, a job run or a bootstrap action is at work."""
        return bool(self._busy)

    def forget(self, process: Process) -> None:
        """Release what a finished command holds."""
        process.kill()
        if isinstance(process, QueuedProcess):
            self._leave(process)
        with self._lock:
            self._running.discard((isinstance(process, QueuedProcess) and process.begun) or process)

    def check_open(self) -> None:
        """Raise ShuttingDownError if the server is stopping: then commands end without having failed."""
        if self._closed:
            raise ShuttingDownError

    def close(self) -> None:
        """Kill every command, wait until all are gone and refuse new ones."""
        with self._lock:
            self._closed = True
            running = [*self._running, *self._queue]
        for process in running:
            process.kill()
        for process in running:
            process.wait()
