"""The held-out rows that every contender is judged on: told apart by a key, put into segments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from pyspark.sql.window import Window

from penstock.errors import DataError, did_you_mean
from spark_jobs.assessing.sums import DRAW, GROUPS
from spark_jobs.transforms.fingerprint import as_text, hash_sum
from spark_jobs.transforms.holdout import row_columns
from spark_jobs.transforms.split import PART, TEST, TRAIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame

MOST_VALUES = 20
UNKNOWN, OTHER = "(unknown)", "(other)"
_COPY = "penstock_copy"


@dataclass(frozen=True, kw_only=True)
class Group:
    """The held-out rows of one value of one column."""

    number: int
    column: str
    value: str


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """The rows, cached, with DRAW and GROUPS."""

    table: DataFrame
    rows: int
    fingerprint: str
    groups: list[Group]


def hold_out(parts: DataFrame, segments: Sequence[str], holdout: str) -> HeldOut:
    """The test rows of a table with a column `part`; raises DataError if there is none, or no such column."""
    rows = parts.where(F.col(PART) == TEST)
    for name in segments:
        if name not in rows.columns:
            raise DataError(
                f"missing column {name!r}, by which segments are told apart; {did_you_mean(name, rows.columns)}"
            )
    found = rows.agg(F.count("*").alias("rows"), hash_sum(row_columns(rows)).alias("hash")).first()
    if not found or not found["rows"]:
        raise DataError(f"no row of part {TEST!r} ({holdout}). Hold out another share or more rows.")
    groups, members = _segments(rows, segments)
    table = _with_draw(rows).withColumn(GROUPS, F.array(F.lit(0), *members)).cache()
    return HeldOut(table=table, rows=found["rows"], fingerprint=as_text(found["hash"]), groups=groups)


def training(parts: DataFrame) -> DataFrame:
    """What trivial baselines learn from."""
    return parts.where(F.col(PART) == TRAIN).drop(PART)


def _with_draw(rows: DataFrame) -> DataFrame:
    """The rows with a key each: equal rows are numbered, so that they are not always drawn together."""
    same = Window.partitionBy(DRAW).orderBy(DRAW)
    keyed = rows.withColumn(DRAW, F.xxhash64(F.lit("bootstrap"), *row_columns(rows)))
    numbered = keyed.withColumn(_COPY, F.row_number().over(same))
    return numbered.withColumn(DRAW, F.xxhash64(DRAW, _COPY)).drop(_COPY)


def _segments(rows: DataFrame, segments: Sequence[str]) -> tuple[list[Group], list[Column]]:
    """The groups of all columns, numbered from 1, and each column's number of a row's group."""
    groups: list[Group] = []
    members: list[Column] = []
    for name in segments:
        value = F.col("`" + name + "`").cast("string")
        counts = {row[0]: row[1] for row in rows.groupBy(value).count().collect()}
        known = sorted((each for each in counts if each is not None), key=lambda each: (-counts[each], each))
        shown = known[:MOST_VALUES] + [OTHER] * (len(known) > MOST_VALUES) + [UNKNOWN] * (None in counts)
        numbers = {each: len(groups) + 1 + index for index, each in enumerate(shown)}
        groups += [Group(number=number, column=name, value=each) for each, number in numbers.items()]
        members.append(_number(value, known[:MOST_VALUES], numbers))
    return groups, members


def _number(value: Column, shown: list[str], numbers: dict[str, int]) -> Column:
    number = F.when(value.isNull(), F.lit(numbers.get(UNKNOWN)))
    for each in shown:
        number = number.when(value == each, F.lit(numbers[each]))
    return number.otherwise(F.lit(numbers.get(OTHER, 0)))
