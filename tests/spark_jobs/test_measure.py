import pytest
from pyspark.ml.classification import DecisionTreeClassifier
from pyspark.ml.linalg import Vectors
from pyspark.ml.recommendation import ALS

from penstock.errors import DataError
from penstock.recipe.rules import read_recipe
from spark_jobs.measure import measure

TREE = {
    "problem": "binary",
    "label": {"column": "x", "positive": "1"},
    "columns": {"vector": ["features"]},
    "estimator": {"name": "DecisionTreeClassifier"},
}
RATINGS = {
    "problem": "recommendation",
    "label": {"column": "rating"},
    "columns": {"number": ["user", "item"]},
    "estimator": {"name": "ALS", "columns": {"user": "user", "item": "item"}},
    "metric": "rmse",
}


def test_leaves_are_ranked_by_the_share_of_their_rows_not_by_their_number(spark):
    """6 of 30 rows are positive in one leaf, 4 of 5 in the other; of 250 pairs 96 are right and 148 tied."""
    rows = [(Vectors.dense([0.0]), float(n < 6), 1.0) for n in range(30)]
    rows += [(Vectors.dense([1.0]), float(n < 4), 1.0) for n in range(5)]
    table = spark.createDataFrame(rows, ["features", "penstock_label", "w"])
    model = DecisionTreeClassifier(labelCol="penstock_label", maxDepth=1).fit(table)
    assert measure(model, table, read_recipe({**TREE, "metric": "roc_auc"})) == pytest.approx(0.68)
    assert measure(model, table, read_recipe({**TREE, "metric": "recall"})) == pytest.approx(0.4)
    assert measure(model, table, read_recipe({**TREE, "metric": "accuracy"})) == pytest.approx(28 / 35)
    weighed = table.selectExpr("features", "penstock_label", "if(penstock_label = 1, 3.0, 1.0) as w")
    accuracy = read_recipe({**TREE, "metric": "accuracy", "weight_column": "w"})
    assert measure(model, weighed, accuracy) == pytest.approx((24 + 4 * 3) / (25 + 10 * 3))


def test_a_rating_that_cannot_be_predicted_is_left_out(spark):
    schema = "user int, item int, rating double"
    table = spark.createDataFrame([(1, 1, 5.0), (1, 2, 1.0), (2, 1, 4.0)], schema)
    model = ALS(userCol="user", itemCol="item", ratingCol="rating", rank=2, maxIter=2, seed=1).fit(table)
    cold = spark.createDataFrame([(9, 1, 99.0)], schema)
    recipe = read_recipe(RATINGS)
    assert measure(model, table.union(cold), recipe) == measure(model, table, recipe)
    with pytest.raises(DataError) as failure:
        measure(model, cold, recipe)
    assert str(failure.value) == (
        "no validation row has a user and an item with training rows. Use fewer folds or more rows."
    )
