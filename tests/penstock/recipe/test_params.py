"""Parameters, fixed and searched, are in MLlib's own names and ranges."""

import pytest

from tests.penstock.recipe.recipes import BASKETS, DROP, INCOME, RATINGS, SPECIES, Wrong, assert_refused, name

WRONG: list[Wrong] = [
    (INCOME, "estimator", DROP, "recipe.estimator: missing"),
    (
        {**BASKETS, "problem": "clustering"},
        "estimator",
        {"name": "PowerIterationClustering"},
        (
            "recipe.estimator.name: PowerIterationClustering answers for the rows it is given and leaves no model; "
            "use another estimator"
        ),
    ),
    (
        INCOME,
        "estimator.params.maxDpeth",
        3,
        "recipe.estimator.params.maxDpeth: unknown; did you mean 'maxDepth'?",
    ),
    (
        INCOME,
        "estimator.params.maxBins",
        1,
        "recipe.estimator.params.maxBins: got 1; expected an integer from 2",
    ),
    (
        INCOME,
        "estimator.params.maxBins",
        64.0,
        "recipe.estimator.params.maxBins: got 64.0; expected an integer from 2",
    ),
    (
        INCOME,
        "estimator.params.subsamplingRate",
        0,
        "recipe.estimator.params.subsamplingRate: got 0; expected a number above 0 to 1",
    ),
    (
        INCOME,
        "estimator.params.checkpointInterval",
        0,
        "recipe.estimator.params.checkpointInterval: got 0; expected an integer from 1, or -1",
    ),
    (
        INCOME,
        "estimator.params.cacheNodeIds",
        "yes",
        'recipe.estimator.params.cacheNodeIds: got "yes"; expected true or false',
    ),
    (
        INCOME,
        "estimator.params.thresholds",
        [0.5],
        "recipe.estimator.params.thresholds: got [0.5]; expected a list of at least 2 of numbers from 0",
    ),
    (
        SPECIES,
        "estimator",
        {"name": "MultilayerPerceptronClassifier"},
        "recipe.estimator.params.layers: missing; expected a list of at least 2 of integers from 1",
    ),
    (
        SPECIES,
        "estimator.params",
        {"classifier.regParam": -1},
        "recipe.estimator.params.classifier.regParam: got -1; expected a number from 0",
    ),
    (
        INCOME,
        "estimator.params.validationTol",
        0.1,
        "recipe.estimator.params.validationTol: has no effect without early_stopping, a share of rows",
    ),
    (INCOME, "search.method", "griid", "recipe.search.method: got \"griid\"; did you mean 'grid'?"),
    (
        INCOME,
        "search.method",
        "none",
        "recipe.search.method: got 'none' beside values or ranges; expected grid or random",
    ),
    (INCOME, "search.values", {}, "recipe.search.values: empty; a grid search needs parameters to try"),
    (
        INCOME,
        "search.values.maxBins",
        [32],
        "recipe.search.values.maxBins: also fixed in estimator.params; leave it out of one",
    ),
    (INCOME, "search.values.maxDepth", [], "recipe.search.values.maxDepth: got []; expected at least one value"),
    (
        INCOME,
        "search.values.maxDepth",
        [4, 31],
        "recipe.search.values.maxDepth[1]: got 31; expected an integer from 0 to 30",
    ),
    (INCOME, "search.values.maxDepth", [4, 4], "recipe.search.values.maxDepth[1]: 4 for the second time"),
    (INCOME, "search.values.maxdepth", [4], "recipe.search.values.maxdepth: unknown; did you mean 'maxDepth'?"),
    (
        INCOME,
        "search.values.minInstancesPerNode",
        list(range(1, 400)),
        "recipe.search: 1,596 candidates; expected at most 1,000",
    ),
    (
        INCOME,
        "search.ranges",
        {"maxIter": {"low": 10, "high": 50}},
        "recipe.search.ranges.maxIter: a grid has no ranges; list values, or search at random",
    ),
    (
        INCOME,
        "search.candidates",
        5,
        "recipe.search.candidates: got 5; only a random search draws candidates",
    ),
    (INCOME, "search.method", "random", "recipe.search.candidates: got null; expected how many to draw"),
    (
        {**INCOME, "search": {"method": "random", "candidates": 5}},
        "search.ranges",
        {"stepSize": {"low": 0.5, "high": 2.0}},
        "recipe.search.ranges.stepSize.high: got 2.0; expected a number above 0 to 1",
    ),
    (
        {**INCOME, "search": {"method": "random", "candidates": 5}},
        "search.ranges",
        {"maxIter": {"low": 0, "high": 5, "scale": "log"}},
        "recipe.search.ranges.maxIter.low: got 0; a log scale begins above 0",
    ),
    (
        {**INCOME, "search": {"method": "random", "candidates": 5}},
        "search.ranges",
        {"impurity": {"low": 0, "high": 1}},
        "recipe.search.ranges.impurity: a range is of numbers; this is a string, one of variance: list values",
    ),
    (
        {**RATINGS, "metric": "rmse"},
        "estimator.params.implicitPrefs",
        True,
        "recipe.metric: rmse compares ratings; with implicitPrefs ALS predicts preferences",
    ),
]


@pytest.mark.parametrize("wrong", WRONG, ids=name)
def test_a_wrong_parameter_is_named(wrong: Wrong) -> None:
    assert_refused(wrong)
