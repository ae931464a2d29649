"""What is judged, and what came out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pyspark.sql import functions as F

from penstock.assessment import Estimates, Judgement, Segment
from spark_jobs.assessing.intervals import Draws, estimates
from spark_jobs.assessing.sums import DRAW, GROUPS, Statistics, Sums, add_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import Column, DataFrame

    from penstock.recipe.values import Recipe
    from spark_jobs.assessing.contender import Contender
    from spark_jobs.assessing.rows import HeldOut

Values = dict[str, float | None]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One contest: everyone is judged on the same rows, in the same resamples."""

    recipe: Recipe
    held_out: HeldOut
    training: DataFrame
    resamples: int
    confidence: float
    challenger: Contender | None = None
    classes: list[str] = field(default_factory=list)
    """The challenger's, and behind them those that only held-out rows have."""

    @property
    def weight(self) -> Column:
        """A row's weight: 1 unless the table has one."""
        name = self.recipe.weight_column
        return (F.col(name).cast("double") if name else F.lit(1.0)).alias("weight")

    def add_up(self, rows: DataFrame, statistics: Statistics, *, count: int) -> Sums:
        """Sums for all groups of the rows."""
        return add_up(rows, statistics, count=count, resamples=self.resamples)

    def add_up_all(self, rows: DataFrame, statistics: Statistics, *, count: int) -> Sums:
        """Sums for all rows together, without the segments."""
        return self.add_up(rows.withColumn(GROUPS, F.array(F.lit(0))), statistics, count=count)

    def estimates(self, draws: Draws, exact: Values | None = None) -> Estimates:
        """With intervals."""
        return estimates(draws, self.confidence, exact)

    def segments(self, sums: Sums, metrics: Callable[[Sums, int], Draws]) -> list[Segment]:
        """The metrics of every group that has rows."""
        return [
            Segment(
                column=group.column,
                value=group.value,
                rows=rows,
                metrics=self.estimates(metrics(sums, group.number)),
            )
            for group in self.held_out.groups
            if (rows := sums.rows(group.number))
        ]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A judgement, and the resamples that it comes from."""

    judgement: Judgement
    draws: Draws


def judged(case: Case, draws: Draws, exact: Values, **found: Any) -> Judged:
    """The metrics with their intervals, and whatever else was found."""
    return Judged(judgement=Judgement(metrics=case.estimates(draws, exact), **found), draws=draws)


@dataclass(frozen=True, kw_only=True)
class Judge:
    """How one kind of problem is judged."""

    predict: Callable[[Case, Contender], DataFrame]
    """The held-out rows as a contender sees them, lazily: KEYS and what its metrics look at; raises DataError."""
    judge: Callable[[Case, Contender, DataFrame], Judged]
    baselines: Callable[[Case, Contender, DataFrame], dict[str, Estimates]]
    """Trivial models, learnt from the training rows, on the rows that the challenger was judged on."""


KEYS = (DRAW, GROUPS)
