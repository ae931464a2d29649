"""pyspark.ml.classification."""

from __future__ import annotations

from functools import partial

from penstock.mllib.estimator import (
    ANY_CLASSES,
    BINARY,
    BOOSTED,
    CLASS_IMPURITY,
    DESCENT,
    ELASTIC,
    FACTORISATION,
    FOREST,
    LINEAR,
    THRESHOLDS,
    TREE,
    Estimator,
)
from penstock.mllib.parameters import Kind, Parameter, above, choice, flag, integer, number
from penstock.mllib.problems import Problem

_classifier = partial(Estimator, module="pyspark.ml.classification")
_probabilistic = partial(_classifier, probability=True)

CLASSIFIERS = (
    _probabilistic(
        name="LogisticRegression",
        problems=ANY_CLASSES,
        weighted=True,
        params={
            **LINEAR,
            **ELASTIC,
            **THRESHOLDS,
            "family": choice("auto", "binomial", "multinomial"),
            "threshold": number(0, 1),
        },
    ),
    _classifier(
        name="LinearSVC",
        problems=BINARY,
        weighted=True,
        params={**LINEAR, "regParam": number(0), "standardization": flag(), "threshold": number()},
    ),
    _probabilistic(
        name="NaiveBayes",
        problems=ANY_CLASSES,
        weighted=True,
        params={
            **THRESHOLDS,
            "smoothing": number(0),
            "modelType": choice("multinomial", "complement", "bernoulli", "gaussian"),
        },
    ),
    _probabilistic(
        name="DecisionTreeClassifier",
        problems=ANY_CLASSES,
        seeded=True,
        weighted=True,
        params={**TREE, **CLASS_IMPURITY, **THRESHOLDS},
    ),
    _probabilistic(
        name="RandomForestClassifier",
        problems=ANY_CLASSES,
        seeded=True,
        weighted=True,
        params={**FOREST, **CLASS_IMPURITY, **THRESHOLDS},
    ),
    _probabilistic(
        name="GBTClassifier",
        problems=BINARY,
        seeded=True,
        weighted=True,
        stops_early=True,
        params={**BOOSTED, **THRESHOLDS, "lossType": choice("logistic")},
    ),
    _probabilistic(
        name="MultilayerPerceptronClassifier",
        problems=ANY_CLASSES,
        seeded=True,
        params={
            **DESCENT,
            **THRESHOLDS,
            "layers": Parameter(kind=Kind.INTEGERS, low=1, least_items=2, required=True),
            "blockSize": integer(1),
            "stepSize": above(0),
            "solver": choice("l-bfgs", "gd"),
        },
    ),
    _classifier(
        name="OneVsRest",
        problems=frozenset({Problem.MULTICLASS}),
        weighted=True,
        nested=True,
        params={"parallelism": Parameter(kind=Kind.INTEGER, low=1, enforced=False)},
    ),
    _probabilistic(name="FMClassifier", problems=BINARY, seeded=True, params={**FACTORISATION, **THRESHOLDS}),
)
