"""Costs are of binary models that give probabilities, and set the threshold alone."""

from typing import Any

import pytest

from penstock.recipe.rules import read_recipe
from penstock.recipe.values import Costs
from tests.penstock.recipe.recipes import INCOME, RATINGS, SPECIES, Wrong, assert_refused, name

COSTS = {"false_positive": 1, "false_negative": 5}
COSTLY: dict[str, Any] = {**INCOME, "costs": COSTS}
REGRESSION: dict[str, Any] = {
    **COSTLY,
    "estimator": {"name": "LogisticRegression"},
    "search": {"method": "grid", "values": {"regParam": [0.1, 0.2]}},
}
_BESIDE = "beside costs, which set the threshold; leave one of them out"

WRONG: list[Wrong] = [
    (COSTLY, "costs.false_negative", 0, "recipe.costs.false_negative: got 0; expected a cost above 0"),
    (COSTLY, "costs.false_positive", -2.5, "recipe.costs.false_positive: got -2.5; expected a cost above 0"),
    (COSTLY, "costs.false_positive", True, "recipe.costs.false_positive: expected float, got bool true"),
    (COSTLY, "costs", {"false_positive": 1}, "recipe.costs.false_negative: missing"),
    (COSTLY, "costs.false_positiv", 1, "recipe.costs.false_positiv: unknown key; did you mean 'false_positive'?"),
    (RATINGS, "costs", COSTS, "recipe.costs: a recommendation problem has no threshold; only binary problems have"),
    (SPECIES, "costs", COSTS, "recipe.costs: a multiclass problem has no threshold; only binary problems have"),
    (
        {**COSTLY, "search": {}},
        "estimator",
        {"name": "LinearSVC"},
        "recipe.costs: a threshold needs probabilities, which LinearSVC does not give",
    ),
    (REGRESSION, "estimator.params", {"threshold": 0.3}, f"recipe.estimator.params.threshold: {_BESIDE}"),
    (COSTLY, "estimator.params.thresholds", [0.3, 0.7], f"recipe.estimator.params.thresholds: {_BESIDE}"),
    (REGRESSION, "search.values.threshold", [0.3, 0.4], f"recipe.search.values.threshold: {_BESIDE}"),
    (
        REGRESSION,
        "search",
        {"method": "random", "candidates": 2, "ranges": {"threshold": {"low": 0.1, "high": 0.9}}},
        f"recipe.search.ranges.threshold: {_BESIDE}",
    ),
]


@pytest.mark.parametrize("wrong", WRONG, ids=name)
def test_wrong_costs_say_where_and_what_is_expected(wrong: Wrong) -> None:
    assert_refused(wrong)


def test_right_costs() -> None:
    assert read_recipe(COSTLY).costs == Costs(false_positive=1.0, false_negative=5.0)
    assert read_recipe(INCOME).costs is None
