"""What a binary model would do at every threshold: pure functions of its score bins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from penstock.recipe.values import Costs
    from spark_jobs.transforms.score_bins import ScoreBin


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Yes above a threshold, no below: weights of rows. No score lies at the threshold itself."""

    threshold: float
    true_positive: float
    false_positive: float
    true_negative: float
    false_negative: float

    @property
    def total(self) -> float:
        """Weight of all rows."""
        return self.true_positive + self.false_positive + self.true_negative + self.false_negative

    def cost(self, costs: Costs) -> float:
        """Mean cost of a row."""
        return (costs.false_positive * self.false_positive + costs.false_negative * self.false_negative) / self.total


def cuts(bins: Sequence[ScoreBin]) -> list[Cut]:
    """Every cut between two bins, from yes to none to yes to all; thresholds fall."""
    positives, negatives = sum(each.positive for each in bins), sum(each.negative for each in bins)
    found, true, false, above = [], 0.0, 0.0, 1.0
    for each in bins:
        found.append(_cut((above + each.high) / 2, true, false, positives, negatives))
        true, false, above = true + each.positive, false + each.negative, each.low
    found.append(_cut(above / 2, true, false, positives, negatives))
    return found


def cheapest(every: Sequence[Cut], costs: Costs) -> Cut:
    """The cut of least cost; of several the nearest to what is right for true probabilities (Elkan 2001)."""
    ideal = costs.false_positive / (costs.false_positive + costs.false_negative)
    return min(every, key=lambda cut: (cut.cost(costs), abs(cut.threshold - ideal)))


def _cut(threshold: float, true: float, false: float, positives: float, negatives: float) -> Cut:
    return Cut(
        threshold=threshold,
        true_positive=true,
        false_positive=false,
        true_negative=negatives - false,
        false_negative=positives - true,
    )
