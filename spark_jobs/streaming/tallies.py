"""What a batch amounts to, and whether it adds up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from penstock.errors import DataError
from penstock.streaming import EventCounts, microseconds
from spark_jobs.transforms.events import LATE, MALFORMED, is_closed

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from penstock.streaming import BatchPlan, BatchReport

MINUTE = 60_000_000
"""Microseconds."""
Reasons = dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Start:
    """What a batch begins with: all that it takes from the batches before it."""

    watermark: int | None = None
    """Microseconds since 1970; None before the first event."""
    open_rows: int = 0
    open_events: int = 0
    total: EventCounts = field(default_factory=EventCounts)
    closed_rows: int = 0
    closed_events: int = 0
    reasons: Reasons = field(default_factory=dict)

    @classmethod
    def after(cls, before: BatchReport | None) -> Start:
        """What the batch before has left."""
        if before is None:
            return cls()
        return cls(
            watermark=microseconds(before.watermark) if before.watermark else None,
            open_rows=before.open_rows,
            open_events=before.open_events,
            total=before.total,
            closed_rows=before.total_closed_rows,
            closed_events=before.total_closed_events,
            reasons=before.total_quarantined_by_reason,
        )

    def advance(self, latest: int | None, plan: BatchPlan) -> int | None:
        """The watermark after a batch with this latest event time: never back, however old the newest event is."""
        if latest is None:
            return self.watermark
        reached = latest - round(plan.watermark_minutes * MINUTE)
        return reached if self.watermark is None else max(self.watermark, reached)


@dataclass(frozen=True, kw_only=True)
class Batch:
    """One batch, as every try of it finds it."""

    number: int
    query: str
    plan: BatchPlan
    start: Start


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What became of the events of a batch."""

    counts: EventCounts
    reasons: Reasons
    latest: int | None
    """Event time, in microseconds since 1970, of the latest good event."""


@dataclass(frozen=True, kw_only=True)
class Windows:
    """Windows and actions after a batch, and the events in them."""

    closed_rows: int = 0
    closed_events: int = 0
    open_rows: int = 0
    open_events: int = 0


def tally(judged: DataFrame) -> Judged:
    """One pass, which reads all of the batch.

    Nothing may be written before it has ended: only then has a source such as Kinesis settled what the batch is.
    """
    latest = F.max(F.unix_micros("event_time")).alias("latest")
    found = judged.groupBy("kind", "reason").agg(F.count("*").alias("events"), latest).collect()
    by_kind = {kind: sum(row["events"] for row in found if row["kind"] == kind) for kind in (None, LATE, MALFORMED)}
    return Judged(
        counts=EventCounts(
            events=sum(row["events"] for row in found),
            counted=by_kind[None],
            late=by_kind[LATE],
            malformed=by_kind[MALFORMED],
        ),
        reasons=dict(sorted((row["reason"], row["events"]) for row in found if row["kind"])),
        latest=max((row["latest"] for row in found if row["kind"] is None), default=None),
    )


def measure(windows: DataFrame, watermark: int | None, *, expected: int) -> Windows:
    """Sizes of EVENT_COUNTS; raises DataError unless exactly the expected events are in them."""
    closed = is_closed(watermark).alias("closed")
    rows = windows.groupBy(closed).agg(F.count("*").alias("rows"), F.sum("events").alias("events")).collect()
    by = {row["closed"]: (row["rows"], row["events"]) for row in rows}
    (closed_rows, closed_events), (open_rows, open_events) = by.get(True, (0, 0)), by.get(False, (0, 0))
    if closed_events + open_events != expected:
        raise DataError(
            f"The windows hold {closed_events + open_events:,} events, expected {expected:,}: those that were open and "
            "those that the batch counts. Nothing of the batch was committed."
        )
    return Windows(closed_rows=closed_rows, closed_events=closed_events, open_rows=open_rows, open_events=open_events)


def together(first: Reasons, second: Reasons) -> Reasons:
    """The sums of both."""
    return {reason: first.get(reason, 0) + second.get(reason, 0) for reason in sorted({*first, *second})}
