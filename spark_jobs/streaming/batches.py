"""What is done with each batch of a stream, exactly once however often it is tried.

Three things make it so:

- A batch is a function of its number. Spark's checkpoint says which events it has before it is first tried; the
  watermark that they are held against and the windows that were open are outputs of the batch before; the values are
  those of the first try. A second try computes the same.
- Each output of a batch is one file with the batch's number for a name, which appears whole or not at all. A try that
  finds one leaves it alone. So a reader of the folders, whatever it is, never sees a row twice, half a file, or a row
  that goes away. (Spark's file sink is exactly-once only to readers of its `_spark_metadata`, which Athena, Hive and
  pandas are not; the output modes update and complete change rows that a Parquet file has already.)
- The batch's report comes last. A batch that has one is done, even where the checkpoint does not know it yet.
"""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from penstock.errors import DataError, PenstockError
from penstock.streaming import BatchPlan, BatchReport, EventCounts, moment
from penstock.tables import EVENT_COUNTS, EVENT_QUARANTINE
from spark_jobs import storage
from spark_jobs.streaming.tallies import Batch, Start, measure, tally, together
from spark_jobs.transforms.events import add_up, as_timestamp, count_by_window, is_closed, judge

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import DataFrame, SparkSession

    from penstock.jobs import StreamArgs
    from penstock.layout import Stream
    from spark_jobs.streaming.tallies import Judged, Windows

MOST_BATCHES = 500
"""Batches that a run's report tells one by one."""


class StoppedError(PenstockError):
    """A batch came after the run had been told to stop; the next run does it."""


class Batches:
    """Takes the batches of one query, in order; the fields say what this run has done."""

    def __init__(self, args: StreamArgs, stream: Stream, *, still_held: Callable[[], None]) -> None:
        """`still_held` raises if another run has taken the stream over."""
        self._args, self._stream, self._still_held = args, stream, still_held
        self._busy, self._stopped = threading.Lock(), False
        self.number, self.counts = 0, EventCounts()
        self.reasons: dict[str, int] = {}
        self.latest: list[BatchReport] = []
        self.failure: PenstockError | None = None
        """What ended the query, which Spark wraps beyond recognition."""

    def __call__(self, events: DataFrame, batch: int) -> None:
        """For foreachBatch."""
        with self._busy:
            try:
                if self._stopped:
                    raise StoppedError(f"batch {batch} was not begun")
                self._take(events, batch)
            except PenstockError as error:
                self.failure = error
                raise

    def drain(self) -> None:
        """Wait until the batch that is being done is done, and begin no other."""
        with self._busy:
            self._stopped = True

    def _take(self, events: DataFrame, number: int) -> None:
        began, spark = time.monotonic(), events.sparkSession
        self._still_held()
        query = str(json.loads(storage.read_text(spark, self._stream.identity))["id"])
        if self._done(spark, number, query):
            return
        batch = self._begin(spark, number, query)
        report = self._do(batch, events, began)
        self._still_held()
        storage.place_document(spark, report, self._stream.batch(number), scratch=self._stream.scratch)
        self._remember(report)
        if number > 1:  # nobody asks again for what led to the batch before
            storage.discard_folder(spark, self._stream.open(number - 2))
            storage.discard_document(spark, self._stream.plan(number - 2))

    def _begin(self, spark: SparkSession, number: int, query: str) -> Batch:
        """What the batch begins with; raises DataError if the outputs before it are not there."""
        before = self._done(spark, number - 1, query) if number else None
        if number and not before:
            raise DataError(
                f"{self._stream.batch(number - 1)} is missing, though {self._stream.checkpoint} goes on with batch "
                f"{number}: outputs were removed. Restore them, or remove all of {self._stream.uri} to count anew."
            )
        return Batch(number=number, query=query, plan=self._plan(spark, number, before), start=Start.after(before))

    def _plan(self, spark: SparkSession, number: int, before: BatchReport | None) -> BatchPlan:
        """The values of the batch's first try; raises DataError if they do not fit the windows that are open."""
        uri, args = self._stream.plan(number), self._args
        if storage.exists(spark, uri):
            return BatchPlan.from_json(storage.read_text(spark, uri), uri)
        if before and before.open_rows and before.window_minutes != args.window_minutes:
            raise DataError(
                f"--window_minutes={args.window_minutes}, but windows of {before.window_minutes} minutes are open in "
                f"{self._stream.uri}: a stream keeps its windows. Use another workflow for windows of another length."
            )
        plan = BatchPlan(
            window_minutes=args.window_minutes,
            watermark_minutes=args.watermark_minutes,
            max_ahead_minutes=args.max_ahead_minutes,
        )
        storage.place_document(spark, plan, uri, scratch=self._stream.scratch)
        return plan

    def _do(self, batch: Batch, events: DataFrame, began: float) -> BatchReport:
        start, plan = batch.start, batch.plan
        judged = judge(events, watermark=start.watermark, max_ahead_minutes=plan.max_ahead_minutes).persist()
        try:
            found = tally(judged)
            watermark = start.advance(found.latest, plan)
            if found.reasons:
                self._keep_refused(judged, batch)
            windows = self._keep_windows(judged, batch, watermark, expected=start.open_events + found.counts.counted)
        finally:
            judged.unpersist()
        return report_of(batch, found, windows, watermark, seconds=time.monotonic() - began)

    def _keep_refused(self, judged: DataFrame, batch: Batch) -> None:
        uri, watermark = self._stream.refused(batch.number), batch.start.watermark
        if storage.exists(judged.sparkSession, uri):
            return
        held_against = F.lit(None) if watermark is None else as_timestamp(watermark)
        refused = judged.where(F.col("kind").isNotNull())
        rows = refused.withColumn("watermark", held_against).withColumn("batch", F.lit(batch.number))
        storage.place_table(rows, uri, EVENT_QUARANTINE, scratch=self._stream.scratch)

    def _keep_windows(self, judged: DataFrame, batch: Batch, watermark: int | None, *, expected: int) -> Windows:
        """Add up with what was open, and write what is closed now and what is not."""
        windows = count_by_window(judged, window_minutes=batch.plan.window_minutes)
        if batch.start.open_rows:
            earlier = storage.read_table(judged.sparkSession, self._stream.open(batch.number - 1), EVENT_COUNTS)
            windows = add_up(earlier, windows)
        windows, closed = windows.persist(), is_closed(watermark)
        try:
            sizes = measure(windows, watermark, expected=expected)
            self._place(windows.where(closed), self._stream.closed(batch.number), sizes.closed_rows)
            self._place(windows.where(~closed), self._stream.still_open(batch.number), sizes.open_rows)
        finally:
            windows.unpersist()
        return sizes

    def _place(self, rows: DataFrame, uri: str, count: int) -> None:
        if count and not storage.exists(rows.sparkSession, uri):
            table = rows.coalesce(1).sortWithinPartitions("window_start", "action")
            storage.place_table(table, uri, EVENT_COUNTS, scratch=self._stream.scratch)

    def _done(self, spark: SparkSession, number: int, query: str) -> BatchReport | None:
        uri = self._stream.batch(number)
        if not storage.exists(spark, uri):
            return None
        report = BatchReport.from_json(storage.read_text(spark, uri), uri)
        if report.query != query:
            raise DataError(
                f"{uri} is of the query {report.query}, but {self._stream.checkpoint} is of the query {query}: the "
                f"checkpoint was replaced and its outputs were not. Remove all of {self._stream.uri} to count anew."
            )
        return report

    def _remember(self, report: BatchReport) -> None:
        self.number += 1
        self.counts = self.counts.plus(report.counts)
        self.reasons = together(self.reasons, report.quarantined_by_reason)
        self.latest = [*self.latest, report][-MOST_BATCHES:]


def report_of(batch: Batch, found: Judged, windows: Windows, watermark: int | None, *, seconds: float) -> BatchReport:
    """Everything that is known about a batch, and about all until it."""
    start = batch.start
    return BatchReport(
        batch=batch.number,
        query=batch.query,
        counts=found.counts,
        quarantined_by_reason=found.reasons,
        closed_rows=windows.closed_rows,
        open_rows=windows.open_rows,
        open_events=windows.open_events,
        window_minutes=batch.plan.window_minutes,
        watermark_before=None if start.watermark is None else moment(start.watermark),
        watermark=None if watermark is None else moment(watermark),
        total=start.total.plus(found.counts),
        total_closed_rows=start.closed_rows + windows.closed_rows,
        total_closed_events=start.closed_events + windows.closed_events,
        total_quarantined_by_reason=together(start.reasons, found.reasons),
        seconds=round(seconds, 3),
    )
