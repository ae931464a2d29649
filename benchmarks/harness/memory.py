"""The memory of a process and of all that it started."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import psutil

INTERVAL = 0.1
"""Least seconds between two looks; what lives shorter may be missed."""
SHARE = 0.03
"""Most of one core's time that looking may take: the kernel walks all pages of a large process."""


def proportional_bytes(pid: int) -> int:
    """The proportional set size: a page that n processes share counts as 1/n for each, so that forks add up rightly.

    From `/proc/<pid>/smaps_rollup`; 0 for a process that is gone. Where there is no such file, the resident set.
    """
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except FileNotFoundError:
        if not Path("/proc/self/smaps_rollup").exists():
            return _resident_bytes(pid)
    except (PermissionError, ProcessLookupError):
        return 0
    return 0


def _resident_bytes(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


class Watch:
    """Follows a process and its descendants until told to stop; `peak` is the largest sum seen, in bytes."""

    def __init__(self, pid: int) -> None:
        """Begin at once, in a thread."""
        self.peak = 0
        self._process = psutil.Process(pid)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        """The peak."""
        self._done.set()
        self._thread.join()
        return self.peak

    def _follow(self) -> None:
        pause = INTERVAL
        while not self._done.wait(pause):
            began = time.thread_time()
            try:
                family = [self._process, *self._process.children(recursive=True)]
            except psutil.Error:
                return
            self.peak = max(self.peak, sum(proportional_bytes(each.pid) for each in family))
            pause = max(INTERVAL, (time.thread_time() - began) / SHARE)
