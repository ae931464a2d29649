"""Training and test rows, and folds of the training rows: pure functions of the rows, whatever their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from pyspark.sql.types import DateType, MapType, NumericType, TimestampType

from penstock.errors import DataError
from penstock.jobs import HoldOut, HoldOutArgs
from penstock.recipe.values import Validation, ValidationMethod
from spark_jobs.transforms.split import PART, TEST, TRAIN, uniform

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import Column, DataFrame

FOLD = "penstock_fold"
"""In which fold a row validates; rows without one always train."""


def with_part(table: DataFrame, args: HoldOutArgs) -> DataFrame:
    """The table with a column `part`; raises DataError where its own says anything but train and test."""
    return table.withColumn(PART, part_of(table, args))


def part_of(table: DataFrame, args: HoldOutArgs) -> Column:
    """The part of each row, for these rows or for more columns of them; raises DataError as `with_part` does."""
    return _PARTS[HoldOut(args.holdout)](table, args)


def with_fold(rows: DataFrame, validation: Validation, *, seed: int) -> DataFrame:
    """Training rows with a column FOLD: 0 to folds - 1 of cross-validation, else 0 or null."""
    method = ValidationMethod(validation.method)
    if method is ValidationMethod.CROSS_VALIDATION:
        return rows.withColumn(FOLD, F.floor(_share(rows, "fold", seed) * validation.folds).cast("int"))
    if method is ValidationMethod.TIME:
        validates = _late(rows, validation.column or "", validation.fraction)
    else:
        validates = _share(rows, "fold", seed) < validation.fraction
    return rows.withColumn(FOLD, F.when(validates, F.lit(0)))


def watched(rows: DataFrame, share: float, *, seed: int) -> Column:
    """Whether boosted trees only watch a row."""
    return _share(rows, "watched", seed) < share


def row_columns(rows: DataFrame) -> list[Column]:
    """What tells one row from another: every column of the table, by name, but maps, which Spark does not hash."""
    kinds = {each.name: each.dataType for each in rows.schema if not each.name.startswith("penstock_")}
    names = sorted(name for name, kind in kinds.items() if not isinstance(kind, MapType))
    return [F.col("`" + name.replace("`", "``") + "`") for name in names]


def _share(rows: DataFrame, purpose: str, seed: int) -> Column:
    """A number in [0, 1) for each row; purposes are independent of each other."""
    return uniform(F.lit(purpose), *row_columns(rows), seed=seed)


def _by_column(table: DataFrame, args: HoldOutArgs) -> Column:
    if PART not in table.columns:
        raise DataError(
            f"no column {PART!r} that says which rows are held out; found {', '.join(table.columns)}. "
            "Hold rows out by random or temporal instead of by column."
        )
    wrong = table.where(F.col(PART).isNull() | ~F.col(PART).isin(TRAIN, TEST)).select(PART).first()
    if wrong:
        raise DataError(f"column {PART!r} has {wrong[0]!r}; expected {TRAIN} or {TEST} in every row")
    return F.col(PART)


def _by_hash(table: DataFrame, args: HoldOutArgs) -> Column:
    held_out = _share(table.drop(PART), "test", args.holdout_seed) < args.test_fraction
    return F.when(held_out, F.lit(TEST)).otherwise(F.lit(TRAIN))


def _by_time(table: DataFrame, args: HoldOutArgs) -> Column:
    held_out = _late(table, args.time_column, args.test_fraction)
    return F.when(held_out, F.lit(TEST)).otherwise(F.lit(TRAIN))


def _late(rows: DataFrame, column: str, share: float) -> Column:
    """The rows from the exact quantile of time on; rows of one time are never torn apart."""
    if column not in rows.columns:
        raise DataError(f"no column {column!r} to order rows by time; found {', '.join(rows.columns)}")
    kind = rows.schema[column].dataType
    if not isinstance(kind, (NumericType, TimestampType, DateType)):
        raise DataError(f"column {column!r} is {kind.simpleString()}; expected a number, date or timestamp to order by")
    time = F.col(column).cast("timestamp") if isinstance(kind, DateType) else F.col(column)
    seconds = time.cast("double")
    found = rows.agg(F.percentile(seconds, F.lit(1 - share)), F.count_if(seconds.isNull())).first()
    if found is None or found[0] is None or found[1]:
        raise DataError(f"column {column!r} orders rows by time, and is null in {found[1] if found else 0:,} of them")
    return seconds >= F.lit(float(found[0]))


_PARTS: dict[HoldOut, Callable[[DataFrame, HoldOutArgs], Column]] = {
    HoldOut.COLUMN: _by_column,
    HoldOut.RANDOM: _by_hash,
    HoldOut.TEMPORAL: _by_time,
}
