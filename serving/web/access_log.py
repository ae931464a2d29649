"""The access log: a line of JSON for each request, written some at a time."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from starlette.types import Scope

_FLUSH_SECONDS = 0.2
_FLUSH_LINES = 512


def _to_standard_output(lines: bytes) -> None:
    sys.stdout.buffer.write(lines)
    sys.stdout.buffer.flush()


class AccessLog:
    """Says who asked for what and what came of it: no query, no header and no body, since these may hold secrets."""

    def __init__(self, write: Callable[[bytes], None] = _to_standard_output) -> None:
        self._write = write
        self._lines: list[bytes] = []
        self._second, self._stamp = 0, ""

    def request(self, scope: Scope, route: str, status: int, length: int, seconds: float) -> None:
        """Log one request; it is written within 0.2 seconds."""
        line = {
            "time": self._time(),
            "method": scope["method"],
            "path": scope["path"],
            "route": route,
            "status": status,
            "bytes": length,
            "ms": round(seconds * 1000, 3),
            "caller": scope.get("penstock.caller", "-"),
            "address": scope["client"][0] if scope.get("client") else None,
        }
        if not self._lines:
            asyncio.get_running_loop().call_later(_FLUSH_SECONDS, self.flush)
        self._lines.append(_dumps(line))
        if len(self._lines) >= _FLUSH_LINES:
            self.flush()

    def flush(self) -> None:
        """Write what is waiting."""
        if self._lines:
            lines, self._lines = self._lines, []
            self._write(b"".join(lines))

    def _time(self) -> str:
        now = time.time()
        second = int(now)
        if second != self._second:
            self._second, self._stamp = second, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        return f"{self._stamp}.{int((now - second) * 1000):03d}Z"


def _dumps(line: dict[str, object]) -> bytes:
    """A path may hold what is no UTF-8."""
    try:
        return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError:
        return orjson.dumps(
            {
                name: value if not isinstance(value, str) else value.encode("ascii", "backslashreplace").decode()
                for name, value in line.items()
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )
