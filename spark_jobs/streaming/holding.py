"""One run at a time: whoever wants the stream first looks whether somebody who has it is alive."""

from __future__ import annotations

import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from py4j.protocol import Py4JError

from penstock.errors import DataError, DocumentError
from penstock.streaming import Lease
from spark_jobs.storage import discard_document, exists, modified, read_text, write_document, write_text

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from penstock.layout import Stream

BEATS = 4
"""Signs of life while a lease lasts: three may fail."""


class Holder:
    """Holds the lease of a stream for a run. Clocks of different machines are never compared: only changes are seen.

    S3 has no lock, so this is a net and not a proof: of two that begin in the same instant, one finds at its next batch
    that the lease is the other's. DAGs allow one run at a time, and Spark's checkpoint refuses a batch that another
    query has begun.
    """

    def __init__(self, spark: SparkSession, stream: Stream, *, run_id: str, seconds: float) -> None:
        self._spark, self._stream, self._seconds = spark, stream, seconds
        since = datetime.now(UTC).isoformat(timespec="seconds")
        self._lease = Lease(holder=str(uuid.uuid4()), run_id=run_id, since=since)
        self._ended = threading.Event()

    @contextmanager
    def held(self) -> Iterator[Holder]:
        """Take the stream and keep it until the end; raises DataError if another run that is alive has it."""
        self._wait_for_silence()
        write_text(self._spark, "", self._stream.beat)
        write_document(self._spark, self._lease, self._stream.lease)
        beating = threading.Thread(target=self._beat, name="lease", daemon=True)
        beating.start()
        try:
            yield self
        finally:
            self._ended.set()
            beating.join()
            if self._is_mine():
                discard_document(self._spark, self._stream.beat)
                discard_document(self._spark, self._stream.lease)

    def check(self) -> None:
        """Raise DataError if another run has taken the stream over, which means that it thought this one dead."""
        if not self._is_mine():
            raise DataError(
                f"{self._stream.lease} is held by {self._who()}: it took the stream over, because this run gave no "
                f"sign of life for {self._seconds:g} s. This run ends here; the other one goes on."
            )

    def _wait_for_silence(self) -> None:
        """Return when nobody has the lease, or who has it has given no sign of life for as long as it lasts."""
        seen, deadline = modified(self._spark, self._stream.beat), time.monotonic() + self._seconds
        while exists(self._spark, self._stream.lease) and time.monotonic() < deadline:
            time.sleep(self._seconds / BEATS / 2)
            if modified(self._spark, self._stream.beat) not in {seen, 0}:
                raise DataError(
                    f"{self._stream.lease} is held by {self._who()}, which is alive: one run at a time takes events of "
                    "a stream. Wait for its end, or stop it (see docs/workflows/event_counts.md)."
                )

    def _beat(self) -> None:
        while not self._ended.wait(self._seconds / BEATS):
            try:
                if not self._is_mine():
                    return  # the next batch says so
                write_text(self._spark, "", self._stream.beat)
            except (Py4JError, DataError) as error:  # S3 may fail for a while
                sys.stderr.write(f"{self._stream.beat}: not written: {str(error).splitlines()[0]}\n")

    def _is_mine(self) -> bool:
        return self._lease.holder in self._text()

    def _text(self) -> str:
        return read_text(self._spark, self._stream.lease) if exists(self._spark, self._stream.lease) else ""

    def _who(self) -> str:
        try:
            lease = Lease.from_json(self._text(), self._stream.lease)
        except DocumentError:
            return "another run"
        return f"the run {lease.run_id or lease.holder} since {lease.since}"
