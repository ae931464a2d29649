"""The whole catalogue against pyspark.ml itself, so that neither drifts from the other. XGBoost's: test_boosting.py."""

import importlib
import math

import pytest
from pyspark.errors import PySparkException
from pyspark.ml import evaluation
from pyspark.ml import feature as features
from pyspark.ml.classification import FMClassifier, OneVsRest
from pyspark.ml.linalg import Vectors

from penstock.mllib.estimators import ESTIMATORS
from penstock.mllib.parameters import Kind
from penstock.mllib.problems import METRICS
from penstock.mllib.stage import Shape
from penstock.mllib.stages import STAGES

CONVERTERS = {
    Kind.INTEGER: {"toInt"},
    Kind.NUMBER: {"toFloat"},
    Kind.FLAG: {"toBoolean", "identity"},
    Kind.STRING: {"toString"},
    Kind.INTEGERS: {"toListInt"},
    Kind.NUMBERS: {"toListFloat"},
    Kind.STRINGS: {"toListString"},
}
"""`identity` is RegexTokenizer.gaps."""
PLUMBING = {
    "seed",  # the recipe has one
    "classifier",  # OneVsRest's is named by the recipe
    "coldStartStrategy",  # rows that ALS cannot predict are always counted
    "intermediateStorageLevel",
    "finalStorageLevel",
    "labels",
    # One value for each column: a stage of its own says the same.
    "splitsArray",
    "numBucketsArray",
    # Shapes of the assembled vector, which a recipe does not know.
    "lowerBoundsOnCoefficients",
    "upperBoundsOnCoefficients",
    "lowerBoundsOnIntercepts",
    "upperBoundsOnIntercepts",
    "initialWeights",
}
IGNORED_WEIGHTS = {"FMClassifier", "FMRegressor"}
"""They declare a weight and do not look at it."""
OWN = {name: each for name, each in ESTIMATORS.items() if not each.external}
"""MLlib's own."""
ALL = {**OWN, **STAGES}
PAIRS = [(owner, name) for owner, each in ALL.items() for name in each.params]


def instance(name):
    module = OWN[name].module if name in OWN else "pyspark.ml.feature"
    return getattr(importlib.import_module(module), name)()


def accepts(owner, param, value):
    """Whether MLlib itself takes the value, by the validator that runs when a parameter is set."""
    try:
        if isinstance(owner, OneVsRest):
            owner.set(owner.getParam(param), value)
        else:
            owner._make_java_param_pair(owner.getParam(param), value)
    except (PySparkException, TypeError):
        return False
    return True


def inside(parameter):
    """Accepted values at both edges of the range."""
    step = 1 if parameter.kind.item is Kind.INTEGER or parameter.kind is Kind.INTEGER else None
    edges = []
    if parameter.low is not None:
        above = parameter.low + step if step else math.nextafter(parameter.low, math.inf)
        edges.append(above if parameter.low_open else parameter.low)
    if parameter.high is not None:
        edges.append(math.nextafter(parameter.high, -math.inf) if parameter.high_open else parameter.high)
    return edges + ([] if parameter.also is None else [parameter.also])


def outside(parameter):
    """The nearest refused values."""
    step = 1 if parameter.kind.item is Kind.INTEGER or parameter.kind is Kind.INTEGER else None
    edges = []
    if parameter.low is not None:
        below = parameter.low - step if step else math.nextafter(parameter.low, -math.inf)
        edges.append(parameter.low if parameter.low_open else below)
    if parameter.high is not None:
        beyond = parameter.high + step if step else math.nextafter(parameter.high, math.inf)
        edges.append(parameter.high if parameter.high_open else beyond)
    if parameter.also is not None:
        edges = [each for each in edges if each != parameter.also]
    return edges


def typed(parameter, value):
    """The value as its kind is written, beside an ordinary one where a list is wanted."""
    item = parameter.kind.item or parameter.kind
    scalar = int(value) if item is Kind.INTEGER else float(value)
    return [scalar, 1 if item is Kind.INTEGER else 0.5] if parameter.kind.item else scalar


@pytest.mark.parametrize("name", sorted(ALL))
def test_no_parameter_of_mllib_is_forgotten(spark, name):
    found = {
        param.name
        for param in instance(name).params
        if not param.name.endswith(("Col", "Cols")) and param.name not in PLUMBING
    }
    assert found == set(ALL[name].params)


@pytest.mark.parametrize(("owner", "name"), PAIRS)
def test_type_range_and_choices_are_mllibs(spark, owner, name):
    mllib, parameter = instance(owner), ALL[owner].params[name]
    param = mllib.getParam(name)
    assert param.typeConverter.__name__ in CONVERTERS[parameter.kind]
    if mllib.hasDefault(param) and mllib.getOrDefault(param) == mllib.getOrDefault(param):
        assert parameter.problem(mllib.getOrDefault(param)) is None
    for value in inside(parameter):
        assert parameter.problem(typed(parameter, value)) is None
        assert accepts(mllib, name, typed(parameter, value)), value
    for value in outside(parameter):
        assert parameter.problem(typed(parameter, value)) is not None
        assert accepts(mllib, name, typed(parameter, value)) is not parameter.enforced, value
    for value in parameter.choices:
        assert accepts(mllib, name, value), value


@pytest.mark.parametrize(("owner", "name"), [pair for pair in PAIRS if ALL[pair[0]].params[pair[1]].choices])
def test_a_word_that_is_no_choice_is_refused_by_both(spark, owner, name):
    assert ALL[owner].params[name].problem("nonsense") is not None
    assert not accepts(instance(owner), name, "nonsense")


@pytest.mark.parametrize("value", ["auto", "7", "0.5", ".5", "1.0", "0", "0.0", "1.5", "-1", "half"])
def test_the_features_of_each_split_by_number(spark, value):
    parameter = ESTIMATORS["RandomForestClassifier"].params["featureSubsetStrategy"]
    accepted = parameter.problem(value) is None
    assert accepted is accepts(instance("RandomForestClassifier"), "featureSubsetStrategy", value)
    assert accepted is (value in {"auto", "7", "0.5", ".5", "1.0"})


@pytest.mark.parametrize("name", sorted(OWN))
def test_what_an_estimator_takes_beside_its_parameters(spark, name):
    mllib, known = instance(name), ESTIMATORS[name]
    assert mllib.hasParam("seed") is known.seeded
    assert mllib.hasParam("featuresCol") is known.features
    assert mllib.hasParam("validationIndicatorCol") is known.stops_early
    assert mllib.hasParam("probabilityCol") is known.probability
    weighted = known.weighted or "weightCol" in known.columns.values()
    assert mllib.hasParam("weightCol") is (weighted or name in IGNORED_WEIGHTS)
    assert hasattr(mllib, "fit") is not known.transient
    assert all(mllib.hasParam(param) for param in known.columns.values())


def test_factorisation_machines_ignore_their_weights(spark):
    rows = [(float(n % 2), Vectors.dense([float(n), 1.0]), 1.0 if n % 2 else 1000.0) for n in range(8)]
    table = spark.createDataFrame(rows, ["label", "features", "weight"])
    machine = FMClassifier(maxIter=3, seed=1)
    weighted = machine.copy({machine.getParam("weightCol"): "weight"})
    assert weighted.fit(table).linear == machine.fit(table).linear


@pytest.mark.parametrize("name", sorted(STAGES))
def test_what_a_stage_takes_beside_its_parameters(spark, name):
    mllib, known = instance(name), STAGES[name]
    wanted = {
        Shape.EACH: ("inputCols", "outputCols"),
        Shape.SINGLE: (known.input, "outputCol"),
        Shape.MERGE: ("inputCols", "outputCol"),
    }
    assert all(mllib.hasParam(param) for param in wanted[known.shape])
    assert mllib.hasParam("seed") is known.seeded
    assert mllib.hasParam("labelCol") is known.labelled
    assert mllib.hasParam("handleInvalid") is ("handleInvalid" in known.params)


@pytest.mark.parametrize(
    ("metric", "name"), sorted({(each, name) for known in METRICS.values() for name, each in known.items()}, key=str)
)
def test_metrics_are_mllibs_and_better_in_its_direction(spark, metric, name):
    if not metric.evaluator:
        assert metric.name == "logPerplexity"
        return
    evaluator = getattr(evaluation, metric.evaluator)().setMetricName(metric.name)
    assert evaluator.isLargerBetter() is metric.higher_is_better


def test_what_mllib_has_no_stage_for():
    assert not hasattr(features, "SVD")


def test_what_takes_doubles_only(spark):
    table = spark.createDataFrame([(1,)], "n int")
    with pytest.raises(PySparkException, match="IntegerType is not supported"):
        features.Binarizer(inputCol="n", outputCol="flag").transform(table)
