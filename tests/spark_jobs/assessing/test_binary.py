"""The areas and counts of binary metrics, by hand."""

import numpy as np
import pytest

from penstock.recipe.values import Costs
from spark_jobs.assessing import binary
from spark_jobs.assessing.binary import pr_auc, roc_auc, statistics
from spark_jobs.assessing.sums import MOST_CELLS, Sums


def column(*values):
    return np.array(values, dtype=float)[:, np.newaxis]


def summed(truth, prediction, probability, bins):
    """The sums of one group, without resamples."""
    names = {"truth": truth, "prediction": prediction, "probability": probability, "bin": bins}
    columns = {name: np.array(each, dtype=float) for name, each in names.items()}
    cells = {}
    found = [*statistics({**columns, "weight": np.ones(len(truth))})]
    for number, (values, place) in enumerate(found):
        for value, cell in zip(values, np.zeros(len(values), dtype=int) if place is None else place, strict=True):
            key = number * MOST_CELLS + int(cell)
            cells[key] = cells.get(key, np.zeros(1)) + value
    return Sums(cells=cells, resamples=0, statistics=binary.STATISTICS + 1)


def test_perfect_scores():
    negative, positive = column(0, 0, 3), column(2, 1, 0)
    assert roc_auc(negative, positive) == 1.0
    assert pr_auc(negative, positive) == 1.0


def test_one_score_for_all_is_a_coin_and_the_share_of_positives():
    negative, positive = column(0, 6, 0), column(0, 2, 0)
    assert roc_auc(negative, positive) == 0.5
    assert pr_auc(negative, positive) == 0.25


def test_ties_count_half():
    """Of 6 pairs 3 are right, 2 tied: 4/6. Precision 1, 2/3, 1/2 (after a bin of negatives only), 1/2 at recall 1."""
    negative, positive = column(0, 1, 1, 0, 1), column(1, 1, 0, 0, 0)
    assert roc_auc(negative, positive) == pytest.approx((3 + 2.5) / 6)
    assert pr_auc(negative, positive) == pytest.approx(0.5 * 1 + 0.5 * (1 + 2 / 3) / 2)


@pytest.mark.parametrize(("negative", "positive"), [((0, 0), (1, 1)), ((1, 1), (0, 0)), ((0, 0), (0, 0))])
def test_a_single_class_has_no_area(negative, positive):
    assert np.isnan(roc_auc(column(*negative), column(*positive)))
    assert np.isnan(pr_auc(column(*negative), column(*positive)))


def test_counts_losses_and_costs():
    sums = summed([1, 1, 0, 0, 0], [1, 0, 1, 0, 0], [0.9, 0.4, 0.8, 0.2, 0.0], [9, 4, 8, 2, 0])
    found = binary.metrics(sums, 0, costs=Costs(false_positive=1, false_negative=5), probabilities=True)
    assert {name: each[0] for name, each in found.items()} == pytest.approx(
        {
            "roc_auc": 5 / 6,
            "pr_auc": 0.5 * 1 + 0.5 * (0.5 + 2 / 3) / 2,
            "log_loss": -(np.log(0.9) + np.log(0.4) + np.log(0.2) + np.log(0.8)) / 5,
            "brier": (0.01 + 0.36 + 0.64 + 0.04) / 5,
            "accuracy": 0.6,
            "f1": 0.5,
            "precision": 0.5,
            "recall": 0.5,
            "cost": 6 / 5,
        }
    )


def test_what_is_undefined():
    never = binary.metrics(summed([1, 0], [0, 0], [0.1, 0.2], [1, 2]), 0, costs=None, probabilities=False)
    assert np.isnan(never["precision"][0])
    assert (never["recall"][0], never["f1"][0]) == (0.0, 0.0)
    assert set(never) == {"roc_auc", "pr_auc", "accuracy", "f1", "precision", "recall"}
    nobody = binary.metrics(summed([0, 0], [0, 0], [0.1, 0.2], [1, 2]), 0, costs=None, probabilities=True)
    assert all(np.isnan(nobody[name][0]) for name in ("roc_auc", "pr_auc", "f1", "precision", "recall"))
    assert nobody["accuracy"][0] == 1.0
