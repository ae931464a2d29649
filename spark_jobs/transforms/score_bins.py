"""Binary scores in fine bins that do not depend on the data, so that sums over rows make every curve of thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyspark.sql import Column, DataFrame

BINS = 2_000
_LOGIT = 15.0
"""Log odds beyond which scores share a bin: one in three million."""


class ScoreBin(NamedTuple):
    """The rows of one bin; weights are counts where rows have none."""

    number: int
    rows: int
    negative: float
    """Weight of the rows of the negative class."""
    positive: float
    predicted: float
    """Weighted sum of the scores."""
    low: float
    high: float
    """The least and the largest score."""


def score_bin(score: Column) -> Column:
    """The bin of a score in [0, 1], half by the score and half by its log odds.

    Bins are at most 0.001 of probability wide, and 0.03 of log odds: as fine for rare classes as for common ones.
    """
    inner = F.greatest(F.lit(1e-9), F.least(F.lit(1 - 1e-9), score))
    logit = F.greatest(F.lit(-_LOGIT), F.least(F.lit(_LOGIT), F.log(inner / (F.lit(1.0) - inner))))
    share = score / 2 + (logit / (2 * _LOGIT) + F.lit(0.5)) / 2
    return F.least(F.lit(BINS - 1), F.floor(share * BINS)).cast("int")


def score_bins(rows: DataFrame) -> list[ScoreBin]:
    """The bins that have rows, highest scores first, of rows (score, truth, weight)."""
    weight, truth, score = F.col("weight"), F.col("truth"), F.col("score")
    found = rows.groupBy(score_bin(score).alias("number")).agg(
        F.count("*").alias("rows"),
        F.sum(weight * (F.lit(1.0) - truth)).alias("negative"),
        F.sum(weight * truth).alias("positive"),
        F.sum(weight * score).alias("predicted"),
        F.min(score).alias("low"),
        F.max(score).alias("high"),
    )
    return sorted((ScoreBin(**row.asDict()) for row in found.collect()), key=lambda each: -each.number)


def join_bins(parts: Iterable[Sequence[ScoreBin]]) -> list[ScoreBin]:
    """The bins of all rows from those of some parts of them, highest scores first."""
    joined: dict[int, ScoreBin] = {}
    for each in (one for part in parts for one in part):
        joined[each.number] = _sum(joined[each.number], each) if each.number in joined else each
    return sorted(joined.values(), key=lambda each: -each.number)


def _sum(one: ScoreBin, other: ScoreBin) -> ScoreBin:
    return ScoreBin(
        number=one.number,
        rows=one.rows + other.rows,
        negative=one.negative + other.negative,
        positive=one.positive + other.positive,
        predicted=one.predicted + other.predicted,
        low=min(one.low, other.low),
        high=max(one.high, other.high),
    )
