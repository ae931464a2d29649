"""xgboost.spark: its part of the catalogue against XGBoost itself, and what fitting, saving and judging add."""

import json
import math

import numpy as np
import pytest
import xgboost
import xgboost.spark
from pyspark.ml import PipelineModel
from pyspark.ml.functions import vector_to_array
from pyspark.ml.linalg import Vectors
from xgboost.core import XGBoostError

from penstock.codec import CodecError
from penstock.errors import DataError, DeploymentError
from penstock.jobs import AssessArgs
from penstock.mllib.boosting import BOOSTED_TREES
from penstock.mllib.parameters import Kind
from penstock.recipe.rules import read_recipe
from spark_jobs import assess, boosting
from spark_jobs.boosting import fit_boosted, gains, rounds, workers_for
from spark_jobs.columns import check_label
from spark_jobs.features import Features
from spark_jobs.search import prepared
from tests.spark_jobs.recipes import EARNED, INCOME, PEOPLE, fitted, people, with_estimator, write

KNOWN = {each.name: each for each in BOOSTED_TREES}
PAIRS = [(name, param) for name, each in KNOWN.items() for param in each.params]
PLUMBING = {
    "random_state",  # the recipe's seed
    "missing",  # follows from enable_sparse_data_optim
    "feature_types",  # follows from the vector's metadata
    "arbitrary_params_dict",
    "features_cols",
    "force_repartition",
    "feature_names",
    "launch_tracker_on_driver",
    "coll_cfg",
    "callbacks",
    "xgb_model",
    "feature_weights",
    # Of prediction, not of a model.
    "iteration_range",
    "output_margin",
    "base_margin",
    # Lists and constraints of single elements, which a recipe does not know.
    "monotone_constraints",
    "interaction_constraints",
    # How much it says, and where it runs.
    "verbosity",
    "verbose",
    "validate_parameters",
    "device",
    "importance_type",
    "sampling_method",
    "multi_strategy",
    "base_score",
}
BEYOND_XGBOOST = {"n_estimators", "early_stopping_rounds", "num_workers", "enable_sparse_data_optim"}
"""Parameters of its Python side, which its core never sees."""
STRICTER = {("subsample", 0.0), ("scale_pos_weight", 0.0)}
"""Values that its core takes and that teach nothing."""
FEW = {"n_estimators": 4, "max_depth": 3}
BOOSTED = with_estimator(INCOME, "SparkXGBClassifier", params=FEW)


def accepts(param, value):
    """Whether XGBoost itself trains with the value."""
    data = xgboost.DMatrix(np.array([[0.0], [1.0]]), label=[0.0, 1.0])
    params = {"verbosity": 0, "objective": "binary:logistic", "tree_method": "hist"}
    try:
        xgboost.train({**params, param: value}, data, num_boost_round=1, evals=[(data, "rows")], verbose_eval=False)
    except XGBoostError:
        return False
    return True


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_no_parameter_is_forgotten(spark, name):
    estimator = getattr(xgboost.spark, name)()
    left_out = {*PLUMBING, *(("objective",) if name == "SparkXGBClassifier" else ("scale_pos_weight",))}
    found = {each.name for each in estimator.params if not each.name.lower().endswith("col")}
    assert found - left_out == set(KNOWN[name].params)
    assert estimator.hasParam("probabilityCol") is KNOWN[name].probability
    assert all(estimator.hasParam(each) for each in ("random_state", "weightCol", "validationIndicatorCol"))


@pytest.mark.parametrize(("name", "param"), [pair for pair in PAIRS if pair[1] not in BEYOND_XGBOOST])
def test_ranges_and_choices_are_xgboosts(name, param):
    known = KNOWN[name].params[param]
    integer = known.kind is Kind.INTEGER
    if known.low is not None:
        below = known.low - 1 if integer else math.nextafter(known.low, -math.inf) if not known.low_open else known.low
        assert known.problem(int(below) if integer else below) is not None
        assert accepts(param, -0.5 if not integer else int(below)) is ((param, below) in STRICTER and False)
        assert accepts(param, int(known.low) + 1 if integer else 0.5)
    if known.high is not None:
        assert known.problem(math.nextafter(known.high, math.inf)) is not None
        assert not accepts(param, 1.5)
        assert accepts(param, known.high)
    for value in known.choices:
        assert accepts(param, value) or param in ("objective", "eval_metric"), value
    if known.choices:
        assert not accepts(param, "nonsense")


@pytest.fixture(scope="module")
def training(spark):
    return spark.createDataFrame(people(), PEOPLE).drop("part").coalesce(1).cache()


def learnt(training, data, **params):
    recipe = read_recipe({**data, "estimator": {**data["estimator"], "params": {**FEW, **params}}})
    with prepared(training, recipe, check_label(training, recipe), [{}]) as ready:
        model = ready.fit(recipe, {})
        label = "penstock_label" if recipe.kind.classifies else "earned"
        return model, model.transform(ready.rows).select("prediction", "features", label).toPandas()


def test_the_model_is_xgboosts_own(training):
    """Trained by XGBoost alone on the same rows with country as a category, its trees are the same."""
    model, rows = learnt(training, BOOSTED)
    values = np.array([each.toArray() for each in rows["features"]], dtype=np.float32)
    data = xgboost.DMatrix(values, label=rows["penstock_label"], feature_types=["q", "c"], enable_categorical=True)
    params = {"objective": "binary:logistic", "max_depth": 3, "seed": 42, "nthread": 1}
    alone = xgboost.train(params, data, num_boost_round=4)
    assert model.get_booster().get_dump() == alone.get_dump()
    assert ((alone.predict(data) > 0.5) == rows["prediction"]).all()
    assert (rows["prediction"] == rows["penstock_label"]).all()
    assert rounds(model) == 4
    assert sum(gains(model, 2)) == pytest.approx(1.0)


def test_rounds_end_when_the_watched_rows_gain_nothing(training):
    recipe = {**BOOSTED, "estimator": {**BOOSTED["estimator"], "early_stopping": 0.3}}
    model, _ = learnt(training, recipe, n_estimators=60, early_stopping_rounds=2, learning_rate=1.0)
    assert 1 <= rounds(model) < 40


def test_numbers_are_learnt_by_as_many_workers_as_asked_for(training, monkeypatch):
    monkeypatch.delattr(boosting, "workers_for")
    model, rows = learnt(
        training, {**EARNED, "estimator": {"name": "SparkXGBRegressor"}}, num_workers=1, n_estimators=30
    )
    assert np.abs(rows["prediction"] - rows["earned"]).max() < 10
    assert rounds(model) == 30


def test_workers_grow_with_the_rows_up_to_the_cluster():
    assert [workers_for(rows, 4) for rows in (10, 99_999, 100_000, 10_000_000)] == [1, 1, 2, 4]


def test_sparse_rows_are_learnt_as_they_are(spark):
    rows = [(float(n % 2), Vectors.sparse(20_000, [n % 2, 7], [1.0, 2.0])) for n in range(60)]
    table = spark.createDataFrame(rows, ["label", "features"]).coalesce(1)
    wide = Features(column="features", size=20_000)
    with pytest.raises(DataError) as failure:
        fit_boosted(xgboost.spark.SparkXGBClassifier(n_estimators=2), table, wide)
    assert str(failure.value) == (
        "'features' has 20,000 elements, which XGBoost would copy with all zeros. Set "
        "recipe.estimator.params.enable_sparse_data_optim to true, which takes a zero for an unknown value, or make at "
        "most 10,000 elements."
    )
    sparse = xgboost.spark.SparkXGBClassifier(n_estimators=2, enable_sparse_data_optim=True)
    found = fit_boosted(sparse, table, wide).transform(table)
    assert found.where("prediction = label").count() == 60


def test_what_xgboost_refuses_is_said_in_its_words(spark):
    table = spark.createDataFrame([(-2.0, Vectors.dense([1.0])), (-3.0, Vectors.dense([0.0]))], ["label", "features"])
    poisson = xgboost.spark.SparkXGBRegressor(n_estimators=1, num_workers=1, objective="count:poisson")
    with pytest.raises(DataError) as failure:
        fit_boosted(poisson, table.coalesce(1), None)
    assert str(failure.value) == (
        "SparkXGBRegressor cannot learn from these rows: label must be non-negative for Poisson/Tweedie regression."
    )


def test_dynamic_allocation_is_refused_before_spark_does(spark, training, monkeypatch):
    conf = spark.sparkContext.getConf().set("spark.dynamicAllocation.enabled", "true")
    monkeypatch.setattr(type(spark.sparkContext), "getConf", lambda _: conf)
    with pytest.raises(DeploymentError, match="set it to false in spark_conf"):
        learnt(training, BOOSTED)


def test_saved_loaded_and_judged_like_any_classifier(spark):
    uri = write(spark, people(), name="boosted")
    report = fitted(spark, uri, BOOSTED)
    assert (report.estimator, report.iterations, report.weights_are) == ("SparkXGBClassifier", 4, "importances")
    assert {each.name for each in report.weights} == {"age", "country_index"}
    table = spark.read.parquet(uri)
    found = PipelineModel.load(report.model_uri).transform(table)
    assert found.where("predicted_label = income").count() == 120
    assert len(found.select(vector_to_array("probability")).first()[0]) == 2
    args = AssessArgs(
        table_uri=uri,
        recipe=json.dumps(BOOSTED),
        model_uri=report.model_uri,
        report_uri=uri.replace("/table", "/assessment.json"),
        resamples=20,
    )
    metrics = assess.run(spark, args).challenger.metrics
    assert {name: metrics[name].value for name in ("accuracy", "roc_auc")} == {"accuracy": 1.0, "roc_auc": 1.0}
    assert 0 < metrics["log_loss"].value < 0.4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"costs": {"false_positive": 1, "false_negative": 5}}, "says yes from a half on and takes no threshold"),
        ({"early_stopping": 0.1}, "params.early_stopping_rounds: missing; without it early_stopping would never stop"),
        ({"params": {"early_stopping_rounds": 5}}, "has no effect without early_stopping, a share of rows"),
        ({"params": {"max_dept": 5}}, "unknown; did you mean 'max_depth'?"),
    ],
)
def test_what_a_recipe_may_not_say(change, message):
    costs = {name: each for name, each in change.items() if name == "costs"}
    spec = {name: each for name, each in change.items() if name != "costs"}
    with pytest.raises(CodecError) as failure:
        read_recipe({**BOOSTED, **costs, "estimator": {**BOOSTED["estimator"], **spec}})
    assert message in str(failure.value)
