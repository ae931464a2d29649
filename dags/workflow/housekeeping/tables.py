"""Housekeeping's documents as text for the log and for messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from penstock.housekeeping import ClusterVerdict, HousekeepingReport, RetentionReport

UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def clusters_table(report: HousekeepingReport) -> str:
    """One line for each cluster."""
    head = ("cluster", "run", "state", "age", "action", "cost", "reason")
    rows = [
        (each.id, f"{each.dag}/{each.run}", each.state, f"{each.age_hours:g} h", each.action, _cost(each), each.reason)
        for each in report.clusters
    ]
    return _table(head, rows) if rows else "No live cluster carries the deployment's tag."


def retention_table(report: RetentionReport) -> str:
    """One line for each place, and the sum."""
    head = ("what", "objects", "size", "where", "reason")
    rows = [(each.what, str(each.objects), size(each.bytes), each.uri, each.reason) for each in report.removed]
    total = ("sum", str(sum(each.objects for each in report.removed)), size(sum(each.bytes for each in report.removed)))
    return _table(head, [*rows, (*total, "", "")]) if rows else "Nothing is too old."


def size(count: float) -> str:
    """A number of bytes for people, in powers of a thousand."""
    for unit in UNITS[:-1]:
        if count < 1000:  # noqa: PLR2004 - the base of the units
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} {UNITS[-1]}"


def _cost(each: ClusterVerdict) -> str:
    if each.cost_usd is None:
        return "" if each.action == "kept" else "unknown"
    return f"${each.cost_usd:.2f}{' + ' if each.cost_without else ''}{', '.join(each.cost_without)}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows))
    return "\n".join(line.rstrip() for line in lines)
