"""Which rows are held out: pure functions of the rows and the arguments, so that every job agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from penstock.errors import DataError
from penstock.jobs import SplitArgs, SplitMethod

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import Column, DataFrame

PART = "part"
TRAIN, VALIDATION, TEST = "train", "validation", "test"


def with_parts(ratings: DataFrame, args: SplitArgs) -> DataFrame:
    """The ratings with a column `part`: train, validation or test.

    `validation_fraction` is of the rows that are not test rows; timestamp_mod has fixed shares and ignores both.
    """
    return ratings.withColumn(PART, _METHODS[SplitMethod(args.split_method)](ratings, args))


def uniform(*columns: Column | str, seed: int) -> Column:
    """A number in [0, 1) that depends on the columns and the seed only: the upper 52 bits of xxhash64."""
    digest = F.xxhash64(*columns, F.lit(seed).cast("bigint"))
    return F.shiftrightunsigned(digest, 12).cast("double") / F.lit(float(2**52))


def training_rows(parts: DataFrame) -> DataFrame:
    """What the final model is fitted on: train and validation rows."""
    return parts.where(F.col(PART) != TEST)


def _random(ratings: DataFrame, args: SplitArgs) -> Column:
    share, kept = uniform("user_id", "item_id", seed=args.seed), 1 - args.test_fraction
    return _ordered(share, validation=kept * (1 - args.validation_fraction), test=kept)


def _temporal(ratings: DataFrame, args: SplitArgs) -> Column:
    """Cut at the exact quantiles of time over all users; rows of one second are never torn apart."""
    kept = 1 - args.test_fraction
    shares = F.array(F.lit(kept * (1 - args.validation_fraction)), F.lit(kept))
    row = ratings.select(F.percentile("rated_at", shares).alias("cuts")).first()
    cuts = row["cuts"] if row else None
    if cuts is None:
        raise DataError("a temporal split of no rows: the table of ratings is empty")
    return _ordered(F.col("rated_at").cast("double"), validation=cuts[0], test=cuts[1])


def _timestamp_mod(ratings: DataFrame, args: SplitArgs) -> Column:
    return _ordered(F.pmod(F.col("rated_at"), F.lit(10)).cast("double"), validation=6.0, test=8.0)


def _ordered(value: Column, *, validation: float, test: float) -> Column:
    before_test = F.when(value < F.lit(validation), F.lit(TRAIN)).otherwise(F.lit(VALIDATION))
    return F.when(value < F.lit(test), before_test).otherwise(F.lit(TEST))


_METHODS: dict[SplitMethod, Callable[[DataFrame, SplitArgs], Column]] = {
    SplitMethod.RANDOM: _random,
    SplitMethod.TEMPORAL: _temporal,
    SplitMethod.TIMESTAMP_MOD: _timestamp_mod,
}
