"""One run at a time: whoever wants the stream first looks whether somebody who has it is alive."""

from __future__ import annotations

import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from py4j.protocol import Py4JError

from penstock.errors import DataError, DocumentError
from penstock.streaming import Lease
from spark_jobs.storage import discard_document, exists, read_text, write_document

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

BEATS = 4
"""Signs of life while a lease lasts: three may fail."""


class Holder:
    """Holds the lease at `uri` for a run. Clocks of different machines are never compared: only changes are seen.

    S3 has no lock, so this is a net and not a proof: two that begin in the same instant are told apart when either
    looks again. DAGs allow one run at a time, and Spark's checkpoint refuses a batch that another query has written.
    """

    def __init__(self, spark: SparkSession, uri: str, *, run_id: str, seconds: float) -> None:
        self._spark, self._uri, self._seconds = spark, uri, seconds
        since = datetime.now(UTC).isoformat(timespec="seconds")
        self._lease = Lease(holder=str(uuid.uuid4()), run_id=run_id, since=since, beat=0)
        self._ended = threading.Event()

    @contextmanager
    def held(self) -> Iterator[Holder]:
        """Take the stream and keep it until the end; raises DataError if another run that is alive has it."""
        self._wait_for_silence()
        self._write()
        beating = threading.Thread(target=self._beat, name="lease", daemon=True)
        beating.start()
        try:
            yield self
        finally:
            self._ended.set()
            beating.join()
            if self._is_mine(self._text()):
                discard_document(self._spark, self._uri)

    def check(self) -> None:
        """Raise DataError if another run has taken the stream over, which means that it thought this one dead."""
        text = self._text()
        if not self._is_mine(text):
            raise DataError(
                f"{self._uri} is held by {_who(text)}: it took the stream over, because this run gave no sign of life "
                f"for {self._seconds:g} s. This run ends here; the other one goes on."
            )

    def _wait_for_silence(self) -> None:
        """Return when nobody has the lease, or who has it has not written for as long as it lasts."""
        seen, deadline = self._text(), time.monotonic() + self._seconds
        while seen and time.monotonic() < deadline:
            time.sleep(self._seconds / BEATS / 2)
            now = self._text()
            if now and now != seen:
                raise DataError(
                    f"{self._uri} is held by {_who(now)}, which is alive: one run at a time takes events of a stream. "
                    "Wait for its end, or stop it (see docs/workflows/event_counts.md)."
                )
            seen = now

    def _beat(self) -> None:
        while not self._ended.wait(self._seconds / BEATS):
            try:
                if not self._is_mine(self._text()):
                    return  # the next batch says so
                self._lease = replace(self._lease, beat=self._lease.beat + 1)
                self._write()
            except (Py4JError, DataError) as error:  # S3 may fail for a while
                sys.stderr.write(f"{self._uri}: no sign of life was given: {str(error).splitlines()[0]}\n")

    def _write(self) -> None:
        write_document(self._spark, self._lease, self._uri)

    def _text(self) -> str:
        return read_text(self._spark, self._uri) if exists(self._spark, self._uri) else ""

    def _is_mine(self, text: str) -> bool:
        return self._lease.holder in text


def _who(text: str) -> str:
    try:
        lease = Lease.from_json(text, "lease")
    except DocumentError:
        return "another run"
    return f"the run {lease.run_id or lease.holder} since {lease.since}"
