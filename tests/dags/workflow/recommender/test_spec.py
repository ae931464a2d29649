"""Which way is better, for each metric that a gate may name."""

import pytest

from penstock.gate import Threshold
from workflow.recommender.spec import Model, RecommenderRule

GRID = {"rank": [8], "regParam": [0.1], "maxIter": [5]}


@pytest.mark.parametrize(
    ("metric", "higher"),
    [
        *((f"{name}_at_k", True) for name in ("ndcg", "precision", "recall", "map", "mrr", "diversity", "novelty")),
        *(("coverage", True), ("popularity_bias_at_k", False), ("rmse", False), ("mae", False)),
    ],
)
def test_every_metric_has_a_direction(metric: str, *, higher: bool) -> None:
    rule = RecommenderRule.model_validate({"metric": metric, "bound": 0.5})
    model = Model.model_validate(
        {"objective": "ranking", "grid": GRID, "k": 10, "relevance_threshold": 0, "gate": [rule]}
    )
    assert model.thresholds == [Threshold(metric=metric, higher_is_better=higher, bound=0.5)]
