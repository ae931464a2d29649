"""The two checks at the end of an ETL: no row was lost, and not too many were refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from penstock.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from penstock.documents import DataReport, RowCounts

TOP_REASONS = 3


def check_balance(sources: Mapping[str, RowCounts]) -> None:
    """Raise DataError unless every row that was read is good, quarantined or superseded."""
    for name, counts in sources.items():
        if not counts.balanced:
            total = counts.good + counts.quarantined + counts.superseded
            raise DataError(
                f"{name}: {counts.read:,} rows were read, but {counts.good:,} good + {counts.quarantined:,} refused "
                f"+ {counts.superseded:,} superseded are {total:,}. Did the input change while it was read?"
            )


def check_quality(report: DataReport, max_bad_ratio: float) -> None:
    """Raise DataError if a source has no good row, or refused more than this share of its rows."""
    for name, counts in report.sources.items():
        ratio = counts.quarantined / counts.read if counts.read else 0.0
        if counts.good and ratio <= max_bad_ratio:
            continue
        problem = f"at most {max_bad_ratio:.2%} may be" if counts.good else "none is good"
        raise DataError(
            f"{name}: {counts.quarantined:,} of {counts.read:,} rows were refused ({ratio:.2%}), {problem}; "
            f"{_reasons(report, name)}. See the rows in {report.quarantine_uri}"
        )


def _reasons(report: DataReport, source: str) -> str:
    prefix = f"{source}: "
    found = {
        reason.removeprefix(prefix): count
        for reason, count in report.quarantined_by_reason.items()
        if reason.startswith(prefix)
    }
    top = sorted(found.items(), key=lambda each: (-each[1], each[0]))[:TOP_REASONS]
    return ", ".join(f"{count:,} x {reason}" for reason, count in top) or "there is no row"
