"""Good rows that say the same: within a part, and in the test part what the training part has too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from penstock.documents import Repeats
from penstock.tables import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame


def count_repeats(rows: DataFrame, content: Sequence[str]) -> Repeats:
    """Compare the rows of both parts (`part` and more) by the columns of `content`; NULL equals NULL.

    They are counted and not dropped: two people may well give the same answers, published figures count both, and
    which of two equal rows of different parts is too many is for the reader of the report to judge.
    """
    counts = rows.groupBy(*content).agg(*[_rows_of(part).alias(part.value) for part in Part])
    overlap = F.sum(F.when(F.col(Part.TRAIN.value) > 0, F.col(Part.TEST.value)))
    (found,) = counts.agg(*[_beyond_first(part).alias(part.value) for part in Part], overlap.alias("overlap")).collect()
    return Repeats(
        duplicates={part.value: found[part.value] or 0 for part in Part}, test_rows_in_train=found["overlap"] or 0
    )


def _rows_of(part: Part) -> Column:
    return F.count(F.when(F.col("part") == part.value, F.lit(1)))


def _beyond_first(part: Part) -> Column:
    return F.sum(F.greatest(F.col(part.value) - 1, F.lit(0)))
