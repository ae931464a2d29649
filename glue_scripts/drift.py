"""How far new rows have moved from the rows that a champion was trained on: plain arithmetic over counted bins."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from penstock.checks import ColumnProfile, Drift

if TYPE_CHECKING:
    from collections.abc import Iterable

    from penstock.documents import Column

FLOOR = 0.0001
"""Share of an empty bin, so that the logarithm exists: one row in ten thousand, as is usual with scorecards. A bin that
had a tenth of the rows and has none now adds 0.69."""
NULLS, OTHERS = "null", "any other value"


def measure_drift(old: ColumnProfile, new: ColumnProfile) -> Drift:
    """PSI of a column over the bins of `old`, in which the rows of `new` have been counted again.

    The index is 0 for equal shares and never negative. Chance alone makes it (bins - 1) * (1 / old rows + 1 / new rows)
    on average (Yurdakul, Statistical Properties of Population Stability Index, 2018): 0.2 for ten bins of 90 rows.
    """
    shares = [(name, before, after) for (name, before), (_, after) in zip(_shares(old), _shares(new), strict=True)]
    parts = [(_term(before, after), name, before, after) for name, before, after in shares]
    _, name, before, after = max(parts, key=lambda each: each[0])
    return Drift(
        column=old.name,
        psi=round(math.fsum(part for part, *_ in parts), 6),
        worst_bin=f"{name}: {before:.1%} of the rows then, {after:.1%} now",
    )


def schema_changes(old: Iterable[Column], new: Iterable[Column]) -> list[str]:
    """Sentences: the columns that went, came, or changed their type."""
    before, after = ({each.name: each.type for each in columns} for columns in (old, new))
    went = [f"Column {name!r} ({before[name]}) is gone." for name in before if name not in after]
    came = [f"Column {name!r} ({after[name]}) is new." for name in after if name not in before]
    changed = [
        f"Column {name!r} was {before[name]} and is {after[name]}."
        for name in before
        if name in after and before[name] != after[name]
    ]
    return went + came + changed


def _term(before: float, after: float) -> float:
    old, new = max(before, FLOOR), max(after, FLOOR)
    return (new - old) * math.log(new / old)


def _shares(profile: ColumnProfile) -> list[tuple[str, float]]:
    counts = [*_bins(profile), (NULLS, profile.nulls)]
    return [(name, count / profile.rows if profile.rows else 0.0) for name, count in counts]


def _bins(profile: ColumnProfile) -> list[tuple[str, int]]:
    if profile.counts:
        return list(zip(_intervals(profile.edges), profile.counts, strict=True))
    named = [(repr(value), count) for value, count in profile.categories.items()]
    return [*named, (OTHERS, profile.other)]


def _intervals(edges: list[float]) -> list[str]:
    if not edges:
        return ["any number"]
    between = [f"from {low:g} to below {high:g}" for low, high in pairwise(edges)]
    return [f"below {edges[0]:g}", *between, f"{edges[-1]:g} or more"]
