"""The threshold of least cost, on rows that the model did not learn from, and MLlib's own use of it."""

import pytest
from pyspark.ml import PipelineModel
from pyspark.sql import functions as F

from penstock.documents import Column
from tests.spark_jobs.recipes import INCOME, ROOT, fitted, write

SCHEMA = "part string, x double, income string, earned int"
RECIPE = {
    "problem": "binary",
    "label": {"column": "income", "positive": "rich"},
    "columns": {"number": ["x"]},
    "stages": [{"stage": "VectorAssembler", "columns": ["x"], "params": {"handleInvalid": "error"}}],
    "validation": {"folds": 2},
    "metric": "roc_auc",
}


@pytest.fixture(scope="module")
def table(spark):
    """Of the rows with x = 0 none are rich, with x = 1 three in ten, with x = 2 all."""
    rich = {0: 0, 1: 3, 2: 10}
    rows = [(float(n // 10 % 3), "rich" if n % 10 < rich[n // 10 % 3] else "poor", n) for n in range(240)]
    return write(spark, [("test" if row[2] >= 210 else "train", *row) for row in rows], SCHEMA, name="costly")


@pytest.mark.parametrize(
    ("estimator", "cost", "yes"),
    [
        ({"name": "LogisticRegression", "params": {"maxIter": 5}}, 49 / 210, (0.0, 1.0, 1.0)),
        ({"name": "GBTClassifier", "params": {"maxIter": 5}}, 49 / 210, (0.0, 1.0, 1.0)),
        # MLlib merges the leaves that predict alike before the threshold is known: x = 0 and x = 1 are one leaf.
        ({"name": "DecisionTreeClassifier"}, 5 * 21 / 210, (0.0, 0.0, 1.0)),
    ],
)
def test_what_is_missed_costs_more(spark, table, estimator, cost, yes):
    """A miss costs five false alarms: yes from x = 1 on, at 49 of 210 rows; without costs only at x = 2."""
    uri = f"{ROOT}/costly/{estimator['name']}"
    locations = {"model_uri": uri, "report_uri": f"{uri}.json"}
    costs = {"false_positive": 1, "false_negative": 5}
    recipe = {**RECIPE, "estimator": estimator, "costs": costs}
    report = fitted(spark, table, recipe, **locations)
    assert report.threshold_cost == pytest.approx(cost)
    assert report.inputs == [Column(name="x", type="double")]
    rows = PipelineModel.load(uri).transform(spark.read.parquet(table))
    said = rows.groupBy("x").agg(F.min("prediction"), F.max("prediction")).orderBy("x").collect()
    assert [tuple(row) for row in said] == [(float(x), each, each) for x, each in enumerate(yes)]


def test_without_costs_there_is_no_threshold(spark, table):
    report = fitted(spark, table, {**RECIPE, "estimator": INCOME["estimator"]})
    assert (report.threshold, report.threshold_cost) == (None, None)
