"""Binary metrics: pure functions of sums over rows (truth, prediction, weight, bin, probability)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from spark_jobs.assessing.intervals import Draws, ratio
from spark_jobs.assessing.sums import Columns, Statistic, Sums
from spark_jobs.transforms.score_bins import BINS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from penstock.recipe.values import Costs

    Floats = NDArray[np.float64]

CONFUSION, HISTOGRAM, LOSS, BRIER = range(4)
STATISTICS = 4
EPSILON = 1e-15
"""Where MLlib's MulticlassMetrics.logLoss clips a probability."""


def statistics(columns: Columns) -> list[Statistic]:
    """What rows add to: a matrix of truth and prediction, a histogram of scores by truth, and two losses."""
    truth, weight = columns["truth"].astype(np.int64), columns["weight"]
    probability = columns["probability"]
    own = np.where(truth == 1, probability, 1 - probability)
    loss = -np.log(np.clip(own, EPSILON, 1 - EPSILON))
    return [
        Statistic(weight, truth * 2 + columns["prediction"].astype(np.int64)),
        Statistic(weight, columns["bin"].astype(np.int64) * 2 + truth),
        Statistic(weight * loss),
        Statistic(weight * (probability - truth) ** 2),
    ]


def metrics(sums: Sums, group: int, *, costs: Costs | None, probabilities: bool) -> Draws:
    """Every metric of one group of rows; f1, precision and recall are of the positive class."""
    true_no, false_yes, false_no, true_yes = sums.of(group, CONFUSION, 4)
    rows = true_no + false_yes + false_no + true_yes
    histogram = sums.of(group, HISTOGRAM, 2 * BINS)
    negative, positive = histogram[0::2][::-1], histogram[1::2][::-1]
    found: Draws = {"roc_auc": roc_auc(negative, positive), "pr_auc": pr_auc(negative, positive)}
    if probabilities:
        found["log_loss"] = ratio(sums.of(group, LOSS)[0], rows)
        found["brier"] = ratio(sums.of(group, BRIER)[0], rows)
    found |= {
        "accuracy": ratio(true_yes + true_no, rows),
        "f1": ratio(2 * true_yes, 2 * true_yes + false_yes + false_no),
        "precision": ratio(true_yes, true_yes + false_yes),
        "recall": ratio(true_yes, true_yes + false_no),
    }
    if costs is not None:
        found["cost"] = ratio(costs.false_positive * false_yes + costs.false_negative * false_no, rows)
    return found


def roc_auc(negative: Floats, positive: Floats) -> Any:
    """Area under the ROC curve of histograms (bins, samples), highest scores first; rows of one bin are tied."""
    ahead = np.cumsum(positive, axis=0) - positive / 2
    return ratio((negative * ahead).sum(axis=0), negative.sum(axis=0) * positive.sum(axis=0))


def pr_auc(negative: Floats, positive: Floats) -> Any:
    """Area under the precision-recall curve by trapezia, as MLlib has it: from recall 0 at the first precision on."""
    found = np.cumsum(positive, axis=0)
    named = found + np.cumsum(negative, axis=0)
    precision = ratio(found, named)
    before = np.vstack([np.full((1, found.shape[1]), np.nan), precision[:-1]])
    before = np.where(np.isnan(before), precision, before)
    area = np.where(positive > 0, positive * (precision + before) / 2, 0.0).sum(axis=0)
    return np.where(negative.sum(axis=0) == 0, np.nan, ratio(area, found[-1]))
