"""Profiles of a table's training rows, and the same rows counted again in the bins of an earlier profile."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pyspark.sql import functions as F

from glue_scripts.transforms.bins import Bins, categories, count_bins, describe_bins, number, numbers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import Column, DataFrame

    from penstock.checks import ColumnProfile

ROWS = "training_rows"
DECILES = [tenth / 10 for tenth in range(1, 10)]
_MOMENTS = {"mean": F.avg, "low": F.min, "high": F.max}


@dataclass(frozen=True, kw_only=True)
class Recount:
    """A profile of before, and the new rows in its bins."""

    old: ColumnProfile
    new: ColumnProfile


@dataclass(frozen=True, kw_only=True)
class Profiles:
    """The rows in their own bins, and in those of before."""

    own: list[ColumnProfile]
    recounts: list[Recount]


def summaries(table: DataFrame, names: Sequence[str], among: Column) -> list[Column]:
    """Aggregates over the rows for which `among` is true, as `profile_rows` takes them: deciles, moments.

    Deciles are Spark's percentile_approx, whose rank is off by at most a 10,000th of the rows; counts are exact.
    """
    found = [F.count_if(among).alias(ROWS)]
    for index, name in enumerate(numbers(table, names)):
        value = F.when(among, number(name))
        deciles = F.to_json(F.percentile_approx(value, DECILES))
        found += [deciles.alias(f"deciles_{index}")]
        found += [moment(value).alias(f"{key}_{index}") for key, moment in _MOMENTS.items()]
    return found


def profile_rows(
    rows: DataFrame, names: Sequence[str], summary: Mapping[str, Any], reference: Sequence[ColumnProfile]
) -> Profiles:
    """Count the rows in one pass: in their own deciles and categories, and in the bins of each profile of before.

    A column that was a number and is a category, or the other way round, cannot be compared: its type has changed.
    """
    own = {name: Bins(name, _edges(summary, index)) for index, name in enumerate(numbers(rows, names))}
    own |= {name: Bins(name) for name in categories(rows, names)}
    old = [each for each in reference if each.name in own and bool(each.counts) == own[each.name].numeric]
    old_bins = [Bins(each.name, tuple(each.edges) if each.counts else None) for each in old]
    wanted = list(dict.fromkeys([*own.values(), *old_bins]))
    counts = count_bins(rows, wanted, sorted({value for each in old for value in each.categories}))
    kinds, total = dict(rows.dtypes), summary[ROWS]
    described = [describe_bins(own[name], kinds[name], total, counts[own[name]]) for name in names if name in own]
    numeric = numbers(rows, names)
    return Profiles(
        own=[_with_moments(each, summary, numeric) for each in described],
        recounts=[
            Recount(
                old=each,
                new=describe_bins(bins, kinds[each.name], total, counts[bins], among=list(each.categories)),
            )
            for each, bins in zip(old, old_bins, strict=True)
        ],
    )


def _edges(summary: Mapping[str, Any], index: int) -> tuple[float, ...]:
    deciles = [float(each) for each in json.loads(summary[f"deciles_{index}"] or "[]")]
    return tuple(sorted({each for each in deciles if math.isfinite(each)}))


def _with_moments(profile: ColumnProfile, summary: Mapping[str, Any], numeric: Sequence[str]) -> ColumnProfile:
    """Infinite ones are left out: no page can draw them."""
    if profile.name not in numeric:
        return profile
    index = numeric.index(profile.name)
    mean, low, high = (value if _finite(value) else None for value in (summary[f"{key}_{index}"] for key in _MOMENTS))
    return replace(profile, mean=mean, low=low, high=high)


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
