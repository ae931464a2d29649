"""Run one command and leave nothing of it behind: a script of its own, not a module to import.

The server starts every command through this script. The script's standard input is a pipe that only the server holds:
when it closes, however the server ended, the command and all its descendants are killed. Bytes on the pipe are
requests: ``T`` asks the command's process group to stop (SIGTERM), ``Z`` freezes all its processes (SIGSTOP).

On Linux the script adopts orphans (PR_SET_CHILD_SUBREAPER), so a descendant that left its process group, as PySpark's
worker daemon does, is found too. Elsewhere only the command's process group is killed.
"""

import contextlib
import ctypes
import os
import select
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
NOT_FOUND = 127
SIGNALLED = 128
LINUX = sys.platform.startswith("linux")


def prctl(option: int, value: int) -> None:
    """Set one attribute of this process; nothing where the kernel is not Linux."""
    if LINUX:
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def spawn(argv: list[str]) -> int:
    """Start the command as the leader of a new session and return its process id once it can be signalled."""
    starting, started = os.pipe()  # closed by exec
    pid = os.fork()
    if pid:
        os.close(started)
        os.read(starting, 1)
        os.close(starting)
        return pid
    try:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.setsid()
        for signum in (*STOP_SIGNALS, signal.SIGCHLD):
            signal.signal(signum, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.execvp(argv[0], argv)  # noqa: S606 - running the given command is the purpose
    except OSError as error:
        os.write(2, f"{argv[0]}: {error.strerror}\n".encode())
    os._exit(NOT_FOUND)


def parents() -> dict[int, int]:
    """Return the parent of every process on the machine, by process id."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                # The command name, in parentheses, may hold spaces: the parent is the second field after it.
                found[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue  # it ended while we looked
    return found


def descendants() -> set[int]:
    """Return the ids of all living processes below this one."""
    tree = parents()
    found: set[int] = set()
    border = {os.getpid()}
    while border:
        border = {pid for pid, parent in tree.items() if parent in border} - found
        found |= border
    return found


def send(pids: set[int], signum: int) -> None:
    """Signal each process that still exists."""
    for pid in pids:
        try:
            os.kill(pid, signum)
        except ProcessLookupError:
            continue


def reap(wanted: int) -> int | None:
    """Collect every child that has ended; return the exit code of the wanted one if it is among them."""
    code = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return code
        if pid == 0:
            return code
        if pid == wanted:
            code = os.waitstatus_to_exitcode(status)


def kill_rest(group: int) -> None:
    """Kill what is left of the command, again and again until nothing is."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
    if LINUX:
        while pids := descendants():
            send(pids, signal.SIGKILL)
            reap(group)
            select.select([], [], [], 0.005)


def keep(pid: int, wakeups: int) -> int:
    """Wait for the command to end, or for the order to end it, and return its exit code."""
    while True:
        ready = select.select([0, wakeups], [], [])[0]
        signals = os.read(wakeups, 512) if wakeups in ready else b""
        code = reap(pid)
        if code is not None:
            return code if code >= 0 else SIGNALLED - code
        request = os.read(0, 1) if 0 in ready else None
        if request == b"T":
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGTERM)
        elif request == b"Z":
            send(descendants(), signal.SIGSTOP)
        elif request == b"" or any(signum in signals for signum in STOP_SIGNALS):
            return SIGNALLED + signal.SIGKILL


def main(argv: list[str]) -> int:
    """Run the command in ``argv`` to its end and return its exit code."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    wakeups, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    for signum in (*STOP_SIGNALS, signal.SIGCHLD):
        signal.signal(signum, lambda *_: None)
    pid = spawn(argv)
    try:
        return keep(pid, wakeups)
    finally:
        kill_rest(pid)


if __name__ == "__main__":
    os._exit(main(sys.argv[1:]))
