"""The documents of a stream: what a batch did, what a run did, which run holds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from penstock.documents import Document, Table

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def moment(microseconds: int) -> str:
    """Microseconds since 1970 as ISO 8601, to the microsecond; raises OverflowError outside the years 1 to 9999."""
    return (EPOCH + microseconds * MICROSECOND).isoformat(timespec="microseconds")


def microseconds(text: str) -> int:
    """Microseconds since 1970 of what `moment` wrote."""
    return (datetime.fromisoformat(text) - EPOCH) // MICROSECOND


@dataclass(frozen=True, kw_only=True)
class EventCounts:
    """What became of every event: `events` = `counted` + `late` + `malformed`, exactly."""

    events: int = 0
    counted: int = 0
    late: int = 0
    malformed: int = 0

    @property
    def balanced(self) -> bool:
        """Whether no event was lost or invented."""
        return self.events == self.counted + self.late + self.malformed

    def plus(self, other: EventCounts) -> EventCounts:
        """Both together."""
        return EventCounts(
            events=self.events + other.events,
            counted=self.counted + other.counted,
            late=self.late + other.late,
            malformed=self.malformed + other.malformed,
        )


@dataclass(frozen=True, kw_only=True)
class BatchPlan(Document):
    """By which values a batch is done: those of its first try, so that a second one does the same."""

    kind: ClassVar[str] = "stream_plan"

    window_minutes: int
    watermark_minutes: float
    max_ahead_minutes: float


@dataclass(frozen=True, kw_only=True)
class BatchReport(Document):
    """What one batch did, and what all batches have done with it; written last, so that it is the batch's commit."""

    kind: ClassVar[str] = "stream_batch"

    batch: int
    query: str
    """Id of the checkpoint's query: batches of another checkpoint are other batches."""
    counts: EventCounts
    quarantined_by_reason: dict[str, int]
    closed_rows: int
    """Rows that the batch added to the table of closed windows."""
    open_rows: int
    open_events: int
    """Events that are counted in windows that are open after the batch."""
    window_minutes: int
    watermark_before: str | None
    """What the batch's events were held against: ISO time; None before the first event."""
    watermark: str | None
    """What the next batch's events are held against."""
    total: EventCounts
    """Of all batches up to this one."""
    total_closed_rows: int
    total_closed_events: int
    total_quarantined_by_reason: dict[str, int]
    seconds: float


@dataclass(frozen=True, kw_only=True)
class StreamReport(Document):
    """What one run did with the stream, and what all runs have done."""

    kind: ClassVar[str] = "stream_report"

    source: str
    """The folder or the data stream."""
    trigger: str
    ended: str
    """Why the run ended, as the end of a sentence."""
    counts: EventCounts
    """Of the batches of this run."""
    quarantined_by_reason: dict[str, int]
    batches: int
    latest_batches: list[BatchReport]
    """Of this run, the oldest first; the latest ones of a long run."""
    total: EventCounts
    """Since the stream began."""
    total_quarantined_by_reason: dict[str, int]
    open_events: int
    """Counted in windows that are still open; the rest of `total.counted` is in the table of closed ones."""
    watermark: str | None
    tables: list[Table] = field(default_factory=list)
    """Closed windows, open windows and quarantine; those that have a row."""
    stream_uri: str
    seconds: float
    code_sha: str


@dataclass(frozen=True, kw_only=True)
class Lease(Document):
    """Which run holds the stream; written when it takes it, and not again."""

    kind: ClassVar[str] = "stream_lease"

    holder: str
    """A name that no other run has."""
    run_id: str
    since: str
