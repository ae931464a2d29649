"""Lines of LibSVM text (`label index:value ...`, indices ascending from 1) to judged rows, and these to vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from glue_scripts.transforms.lines import blank_line
from glue_scripts.transforms.rules import INT32_MAX, Rule, first_broken
from penstock.tables import EXAMPLES

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

COLUMNS = ("label", "index:value ...")
_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?([nN][aA][nN]|[iI][nN][fF]([iI][nN][iI][tT][yY])?)"
"""NaN and infinity are numbers here, so that they are refused by their own reason."""
_PAIR = rf"^[+-]?\d+:({_NUMBER})$"
_SPARSE = 0
"""VectorUDT's mark of a sparse vector; 1 is a dense one."""


def judge_libsvm(lines: DataFrame, *, features: int = 0) -> DataFrame:
    """(label, indices, values, file, line, reason); `reason` is NULL for a good row.

    `indices` count from 0, as Spark does. `features` is the largest index allowed; 0 allows what an int can hold. What
    follows a `#` is a comment, as in SVMlight, which the format comes from.
    """
    tokens = F.split(F.trim(F.regexp_replace("line", r"#.*$|\t", " ")), " +")
    split = lines.select("file", "line", tokens.alias("tokens")).select(
        "file",
        "line",
        F.get("tokens", F.lit(0)).alias("token"),
        F.slice("tokens", 2, F.size("tokens")).alias("pairs"),
    )
    typed = split.withColumns({"label": _as_double("token"), "indices": _indices(), "values": _values()})
    judged = typed.withColumn("reason", first_broken(_rules(features or INT32_MAX)))
    return judged.select("label", *_without_zeros(), "file", "line", "reason")


def features_of(rows: DataFrame) -> int:
    """The largest index, counted from 1, in good rows of both parts; 0 if no row has a feature."""
    (found,) = rows.agg(F.max(F.array_max("indices")).alias("largest")).collect()
    return 0 if found["largest"] is None else int(found["largest"]) + 1


def with_vectors(rows: DataFrame, features: int) -> DataFrame:
    """`indices` and `values` as the column `features`: a sparse vector of this length as Spark ML stores it."""
    fields = F.struct(F.lit(_SPARSE).alias("type"), F.lit(features).alias("size"), "indices", "values")
    return rows.withColumn("features", fields.cast(EXAMPLES["features"])).drop("indices", "values")


def _rules(features: int) -> list[Rule]:
    return [
        blank_line(),
        Rule(reason="comment line", broken=F.col("line").rlike(r"^\s*#")),
        Rule(reason="label is not a number", broken=~F.col("token").rlike(f"^({_NUMBER})$")),
        Rule(reason="label is not finite", broken=_not_finite("label")),
        Rule(reason="not index:value", broken=F.exists("pairs", lambda pair: ~pair.rlike(_PAIR))),
        Rule(reason="value is not finite", broken=F.exists("values", _not_finite)),
        Rule(reason="index is below 1", broken=F.exists("indices", lambda index: index < 1)),
        Rule(reason=f"index is above {features}", broken=F.exists("indices", lambda index: index > features)),
        Rule(reason="index occurs twice", broken=F.size(F.array_distinct("indices")) < F.size("indices")),
        Rule(reason="indices are not ascending", broken=F.array_sort("indices") != F.col("indices")),
    ]


def _indices() -> Column:
    """As they are written, counted from 1; one that no 64-bit integer can hold is as large as one can be."""
    largest = 2**63 - 1
    return F.expr(f"transform(pairs, pair -> coalesce(try_cast(substring_index(pair, ':', 1) AS bigint), {largest}))")


def _values() -> Column:
    return F.expr("transform(pairs, pair -> try_cast(substring_index(pair, ':', -1) AS double))")


def _without_zeros() -> tuple[Column, Column]:
    """Indices from 0 and values; a written zero says what one left out says, and equal rows are to be equal."""
    entries = F.filter(F.arrays_zip("indices", "values"), lambda entry: entry["values"] != 0)
    indices = F.transform(entries, lambda entry: F.try_subtract(entry["indices"], F.lit(1)))
    return indices.alias("indices"), F.transform(entries, lambda entry: entry["values"]).alias("values")


def _as_double(name: str) -> Column:
    return F.expr(f"try_cast({name} AS double)")


def _not_finite(number: Column | str) -> Column:
    return F.isnan(number) | (F.abs(number) == F.lit(float("inf")))
