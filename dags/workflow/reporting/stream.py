"""What a stream has counted, batch by batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow.reporting import words
from workflow.reporting.figure import Grid

if TYPE_CHECKING:
    from penstock.streaming import EventCounts, StreamReport

MOST = 40
"""Batches that the page shows: the latest."""


def totals(stream: StreamReport) -> Grid:
    """What became of the events."""
    header = ["", "events", "counted", "late", "malformed"]
    rows = [["this run", *_counts(stream.counts)], ["since the beginning", *_counts(stream.total)]]
    return Grid(caption="Events", header=header, rows=rows)


def reasons(stream: StreamReport) -> Grid:
    """Why events were not counted, all runs together."""
    rows = [
        [reason, f"{stream.quarantined_by_reason.get(reason, 0):,}", f"{count:,}"]
        for reason, count in stream.total_quarantined_by_reason.items()
    ]
    return Grid(caption="Quarantined events by reason", header=["reason", "this run", "since the beginning"], rows=rows)


def batches(stream: StreamReport) -> Grid:
    """The latest batches of the run."""
    header = ["batch", "events", "counted", "late", "malformed", "closed rows", "open rows", "watermark", "took"]
    rows = [
        [
            str(each.batch),
            *_counts(each.counts),
            f"{each.closed_rows:,}",
            f"{each.open_rows:,}",
            _moment(each.watermark),
            words.seconds(each.seconds),
        ]
        for each in stream.latest_batches[-MOST:]
    ]
    return Grid(caption=f"The latest of {words.plural(stream.batches, 'batch', 'batches')}", header=header, rows=rows)


def _counts(counts: EventCounts) -> list[str]:
    return [f"{each:,}" for each in (counts.events, counts.counted, counts.late, counts.malformed)]


def _moment(text: str | None) -> str:
    return text[:19].replace("T", " ") if text else words.NONE
