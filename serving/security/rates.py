"""How often one caller may ask, counted over all workers of a service, in a table that never grows."""

from __future__ import annotations

import hashlib
import math
import mmap
import os
import time
from pathlib import Path

_SLOTS = 4
"""Places that one caller may take; of four the one that has been quiet longest is given away."""
_BUCKETS = 4096
_BYTES = _BUCKETS * _SLOTS * 2 * 8


class RateLimit:
    """The generic cell rate algorithm, a token bucket that needs one number per caller.

    The number is the time at which the caller's bucket would be full again; a request is admitted while that time is at
    most `burst` requests away (ITU-T I.371, https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm). The numbers lie
    in a file that the workers map, 16,384 callers in 256 KiB. Workers write without a lock: two requests of one caller
    at the same moment may count as one, which errs on the caller's side.
    """

    def __init__(self, per_second: float, path: Path | None = None, *, burst: float | None = None) -> None:
        """`per_second` of 0 admits everything; without a path the table is this process's own."""
        self._interval = 1 / per_second if per_second else 0.0
        self._burst = burst if burst is not None else max(1.0, per_second)
        self._keys, self._times = _tables(path)

    def wait(self, caller: str, now: float | None = None) -> float:
        """0 if the caller may go on, else the seconds until they may; a refused request costs nothing."""
        if not self._interval:
            return 0.0
        now = time.monotonic() if now is None else now
        place = self._place(caller)
        full = min(max(self._times[place], now), now + self._burst * self._interval)
        early = full - now - (self._burst - 1) * self._interval
        if early > 1e-9:  # noqa: PLR2004 - rounding of the clock's doubles
            return early
        self._times[place] = full + self._interval
        return 0.0

    def _place(self, caller: str) -> int:
        digest = hashlib.blake2b(caller.encode(), digest_size=8).digest()
        key = int.from_bytes(digest, "little", signed=True) or 1
        first = key % _BUCKETS * _SLOTS
        places = range(first, first + _SLOTS)
        for place in places:
            if self._keys[place] == key:
                return place
        quiet = min(places, key=self._times.__getitem__)
        self._keys[quiet], self._times[quiet] = key, -math.inf
        return quiet


def _tables(path: Path | None) -> tuple[memoryview[int], memoryview[float]]:
    if path is None:
        memory = memoryview(bytearray(_BYTES))
    else:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.ftruncate(descriptor, _BYTES)
            memory = memoryview(mmap.mmap(descriptor, _BYTES))
        finally:
            os.close(descriptor)
    half = _BYTES // 2
    return memory[:half].cast("q"), memory[half:].cast("d")
