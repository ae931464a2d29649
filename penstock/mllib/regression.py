"""pyspark.ml.regression."""

from __future__ import annotations

from functools import partial

from penstock.mllib.estimator import (
    AGGREGATED,
    BOOSTED,
    DESCENT,
    ELASTIC,
    FACTORISATION,
    FOREST,
    LINEAR,
    REGRESSION,
    TREE,
    VARIANCE,
    Estimator,
)
from penstock.mllib.parameters import Kind, Parameter, above, choice, flag, integer, number

_regressor = partial(Estimator, module="pyspark.ml.regression", problems=REGRESSION)

REGRESSORS = (
    _regressor(
        name="LinearRegression",
        weighted=True,
        params={
            **LINEAR,
            **ELASTIC,
            "solver": choice("auto", "normal", "l-bfgs"),
            "loss": choice("squaredError", "huber"),
            "epsilon": above(1),
        },
    ),
    _regressor(
        name="GeneralizedLinearRegression",
        weighted=True,
        columns={"offset": "offsetCol"},
        optional_columns=frozenset({"offset"}),
        params={
            **DESCENT,
            **AGGREGATED,
            "fitIntercept": flag(),
            "regParam": number(0),
            "family": choice("gaussian", "binomial", "poisson", "gamma", "tweedie"),
            "link": choice("identity", "log", "inverse", "logit", "probit", "cloglog", "sqrt"),
            "linkPower": number(),
            "variancePower": number(1, also=0),
            "solver": choice("irls"),
        },
    ),
    _regressor(
        name="IsotonicRegression",
        weighted=True,
        params={"isotonic": flag(), "featureIndex": integer(0)},
    ),
    _regressor(
        name="AFTSurvivalRegression",
        columns={"censor": "censorCol"},
        params={
            **LINEAR,
            "quantileProbabilities": Parameter(
                kind=Kind.NUMBERS, low=0, low_open=True, high=1, high_open=True, least_items=1
            ),
        },
    ),
    _regressor(name="DecisionTreeRegressor", seeded=True, weighted=True, params={**TREE, **VARIANCE}),
    _regressor(name="RandomForestRegressor", seeded=True, weighted=True, params={**FOREST, **VARIANCE}),
    _regressor(
        name="GBTRegressor",
        seeded=True,
        weighted=True,
        stops_early=True,
        params={**BOOSTED, "lossType": choice("squared", "absolute")},
    ),
    _regressor(name="FMRegressor", seeded=True, params=FACTORISATION),
)
