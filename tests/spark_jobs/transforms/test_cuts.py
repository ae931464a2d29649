import pytest

from penstock.recipe.values import Costs
from spark_jobs.transforms.cuts import cheapest, cuts
from spark_jobs.transforms.score_bins import ScoreBin


def one(score, truth):
    return ScoreBin(
        number=int(score * 100), rows=1, negative=1.0 - truth, positive=truth, predicted=score, low=score, high=score
    )


BINS = [one(0.9, 1.0), one(0.7, 0.0), one(0.5, 1.0), one(0.1, 0.0)]


def test_every_cut_from_none_to_all_between_the_scores():
    found = cuts(BINS)
    assert [each.threshold for each in found] == pytest.approx([0.95, 0.8, 0.6, 0.3, 0.05])
    assert [(each.true_positive, each.false_positive) for each in found] == [(0, 0), (1, 0), (1, 1), (2, 1), (2, 2)]
    assert [(each.true_negative, each.false_negative) for each in found] == [(2, 2), (2, 1), (1, 1), (1, 0), (0, 0)]
    assert {each.total for each in found} == {4.0}


@pytest.mark.parametrize(
    ("false_positive", "false_negative", "threshold", "cost"),
    [(1, 5, 0.3, 0.25), (5, 1, 0.8, 0.25), (1, 1, 0.3, 0.25), (1, 0.1, 0.8, 0.025), (100, 1, 0.8, 0.25)],
)
def test_the_cheapest(false_positive, false_negative, threshold, cost):
    """With equal costs 0.8 and 0.3 cost the same; 0.3 is nearer to one half."""
    costs = Costs(false_positive=false_positive, false_negative=false_negative)
    found = cheapest(cuts(BINS), costs)
    assert (found.threshold, found.cost(costs)) == pytest.approx((threshold, cost))


def test_yes_to_nobody_and_to_everybody():
    hopeless = [one(0.9, 0.0), one(0.1, 1.0)]
    assert cheapest(cuts(hopeless), Costs(false_positive=5, false_negative=1)).threshold == pytest.approx(0.95)
    assert cheapest(cuts(hopeless), Costs(false_positive=1, false_negative=5)).threshold == pytest.approx(0.05)
