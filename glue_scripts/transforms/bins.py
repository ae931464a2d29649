"""The rows of a table counted in bins, all columns at once: numbers between edges, categories by value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, NumericType, StringType

from penstock.checks import ColumnProfile

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

MOST_CATEGORIES = 50
LONGEST_CATEGORY = 100
"""Characters of a category that tell it from others: a report is no place for longer ones."""


@dataclass(frozen=True)
class Bins:
    """How one column is counted: a number between edges, a category (no edges) by its values."""

    name: str
    edges: tuple[float, ...] | None = None

    @property
    def numeric(self) -> bool:
        """Whether it is a number."""
        return self.edges is not None


Found = Mapping[int | str | None, int]
"""Rows by bin: the number of an interval, from 0, or a category; None for nulls."""


def numbers(table: DataFrame, names: Sequence[str]) -> list[str]:
    """Those of the columns that are numbers."""
    return [name for name in names if isinstance(table.schema[name].dataType, NumericType)]


def categories(table: DataFrame, names: Sequence[str]) -> list[str]:
    """Those of the columns that are strings or booleans."""
    return [name for name in names if isinstance(table.schema[name].dataType, (StringType, BooleanType))]


def number(name: str) -> Column:
    """The column as a double, null for NaN."""
    value = quoted(name).cast("double")
    return F.when(~F.isnan(value), value)


def quoted(name: str) -> Column:
    """The column, whatever characters its name has."""
    return F.col("`" + name.replace("`", "``") + "`")


def count_bins(rows: DataFrame, wanted: Sequence[Bins], values: Sequence[str]) -> Mapping[Bins, Found]:
    """One pass over the rows; of categories the most frequent are returned, and all that `values` names."""
    if not wanted:
        return {}
    cells = [_cell(index, bins) for index, bins in enumerate(wanted)]
    counted = (
        rows.select(F.explode(F.array(*cells)).alias("cell"))
        .groupBy("cell.column", "cell.interval", "cell.value")
        .agg(F.count("*").alias("rows"))
    )
    by_size = Window.partitionBy("column").orderBy(F.desc("rows"), "value", "interval")
    ranked = counted.withColumn("rank", F.row_number().over(by_size))
    asked_for = F.col("value").isNull() | F.col("value").isin(list(values))
    found: dict[Bins, dict[int | str | None, int]] = {bins: {} for bins in wanted}
    for row in ranked.where((F.col("rank") <= MOST_CATEGORIES + 1) | asked_for).collect():
        bins = wanted[row["column"]]
        found[bins][row["value"] if bins.edges is None else row["interval"]] = row["rows"]
    return found


def _cell(index: int, bins: Bins) -> Column:
    """Which bin a row is in: neither interval nor value is null."""
    if bins.edges is None:
        interval, value = F.lit(None), F.substring(quoted(bins.name).cast("string"), 1, LONGEST_CATEGORY)
    else:
        passed = [(number(bins.name) >= F.lit(edge)).cast("int") for edge in bins.edges]
        at_least = sum(passed, start=F.lit(0))
        interval, value = F.when(number(bins.name).isNotNull(), at_least), F.lit(None)
    return F.struct(
        F.lit(index).alias("column"), interval.cast("int").alias("interval"), value.cast("string").alias("value")
    )


def describe_bins(
    bins: Bins, kind: str, rows: int, found: Found, *, among: Sequence[str] | None = None
) -> ColumnProfile:
    """The profile of a column of this type that has this many rows; a category's most frequent values, or these."""
    nulls = found.get(None, 0)
    if bins.edges is not None:
        counts = [found.get(index, 0) for index in range(len(bins.edges) + 1)]
        return ColumnProfile(name=bins.name, type=kind, rows=rows, nulls=nulls, edges=list(bins.edges), counts=counts)
    values = {str(value): count for value, count in found.items() if value is not None}
    frequent = sorted(values, key=lambda value: (-values[value], value))[:MOST_CATEGORIES]
    named = {value: values.get(value, 0) for value in (frequent if among is None else among)}
    other = rows - nulls - sum(named.values())
    return ColumnProfile(name=bins.name, type=kind, rows=rows, nulls=nulls, categories=named, other=other)
