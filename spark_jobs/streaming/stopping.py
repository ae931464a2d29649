"""When a run ends: told to, by an object or a signal, or after its time."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from py4j.protocol import Py4JError

from spark_jobs.storage import discard_document, exists

if TYPE_CHECKING:
    from types import FrameType

    from pyspark.sql import SparkSession

LOOK_SECONDS = 5.0
"""Between two looks for the object: a HEAD request each."""


class Stopping:
    """Knows whether to stop, and why. SIGTERM must be listened for from the main thread."""

    def __init__(
        self, spark: SparkSession, marker: str, *, run_minutes: float, look_seconds: float = LOOK_SECONDS
    ) -> None:
        """`run_minutes` is 0 for a run without an end of its own. A marker that was left behind is removed."""
        self._spark, self._marker, self._look_seconds = spark, marker, look_seconds
        self._minutes = run_minutes
        self._began = self._looked = time.monotonic()
        self._terminated = threading.Event()
        discard_document(spark, marker)

    @contextmanager
    def listening(self) -> Iterator[Stopping]:
        """Take SIGTERM as a wish to stop."""
        previous = signal.signal(signal.SIGTERM, self._on_signal)
        try:
            yield self
        finally:
            signal.signal(signal.SIGTERM, previous)

    def reason(self) -> str:
        """Why the run is to end now; empty if it is to go on."""
        if self._terminated.is_set():
            return "told to by SIGTERM"
        now = time.monotonic()
        if self._minutes and now - self._began >= self._minutes * 60:
            return f"after {self._minutes:g} minutes, as it was to"
        if now - self._looked < self._look_seconds:
            return ""
        self._looked = now
        return f"told to by {self._marker}" if self._is_marked() else ""

    def _is_marked(self) -> bool:
        try:
            found = exists(self._spark, self._marker)
            if found:
                discard_document(self._spark, self._marker)
        except Py4JError as error:  # S3 may fail for a while
            sys.stderr.write(f"{self._marker}: not looked for: {str(error).splitlines()[0]}\n")
            return False
        return found

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        self._terminated.set()
