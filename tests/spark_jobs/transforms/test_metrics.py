import math

import numpy as np
import pytest

from spark_jobs.transforms.metrics import (
    ranking_metrics,
    rankings,
    rating_metrics,
    rating_samples,
    relevant_items,
    values_of,
    with_values,
)


def ranked(spark, *rows):
    return spark.createDataFrame(rows, "user_id int, prediction array<double>, label array<double>")


def test_perfect_predictions(spark):
    pairs = spark.createDataFrame([(4.0, 4.0), (0.5, 0.5)], "prediction double, rating float")
    assert rating_metrics(pairs) == {"rmse": 0.0, "mae": 0.0}
    perfect = ranked(spark, (1, [3.0, 5.0], [5.0, 3.0]), (2, [8.0, 3.0], [3.0, 8.0]))
    assert ranking_metrics(perfect, k=2, catalogue=4) == {
        "precision_at_k": 1.0,
        "recall_at_k": 1.0,
        "ndcg_at_k": 1.0,
        "map_at_k": 1.0,
        "coverage": 0.75,
    }


def test_known_values(spark):
    pairs = spark.createDataFrame([(3.0, 4.0), (5.0, 2.0)], "prediction double, rating float")
    assert rating_metrics(pairs) == {"rmse": pytest.approx(math.sqrt(5)), "mae": pytest.approx(2.0)}
    # One hit at rank 2 of 2, three relevant items; the other user gets nothing and counts as zero.
    found = ranking_metrics(ranked(spark, (1, [9.0, 3.0], [3.0, 4.0, 5.0]), (2, [], [1.0])), k=2, catalogue=10)
    ndcg = (1 / math.log2(3)) / (1 + 1 / math.log2(3))
    assert found == {
        "precision_at_k": pytest.approx(0.5 / 2),
        "recall_at_k": pytest.approx(1 / 3 / 2),
        "ndcg_at_k": pytest.approx(ndcg / 2),
        "map_at_k": pytest.approx(0.25 / 2),
        "coverage": 0.2,
    }


def test_no_row_leaves_rating_metrics_undefined(spark):
    assert rating_metrics(spark.createDataFrame([], "prediction double, rating float")) == {"rmse": None, "mae": None}


def test_ratings_are_resampled_by_row(spark):
    rows = [(1, 7, 3.0, 4.0), (2, 7, 5.0, 2.0)]
    schema = "user_id int, item_id int, prediction double, rating float"
    samples = rating_samples(spark.createDataFrame(rows, schema), 300)
    assert values_of(samples) == {"rmse": pytest.approx(math.sqrt(5)), "mae": 2.0}
    # Both rows alone, and once each, are among the resamples; now and then none is drawn.
    assert {1.0, 3.0} <= set(samples["mae"][1:])
    both = samples["mae"][1:] == 2.0
    assert samples["rmse"][1:][both] == pytest.approx(np.full(both.sum(), math.sqrt(5)))
    assert both.any()
    assert np.isnan(samples["rmse"]).any()
    nothing = rating_samples(spark.createDataFrame([], schema), 2)
    assert values_of(nothing) == {"rmse": None, "mae": None}


def test_mllibs_values_replace_ours():
    samples = {"mae": np.array([2.0, 1.0, 3.0]), "rmse": np.array([2.0, 1.0])}
    found = with_values(samples, {"mae": 2.5, "rmse": None, "coverage": 1.0})
    assert found["mae"].tolist() == [2.5, 1.0, 3.0]
    assert np.isnan(found["rmse"]).tolist() == [True, False]


def test_relevant_items_keep_users_with_at_least_one(spark):
    rows = [(1, 9, 4.0), (1, 3, 5.0), (1, 4, 3.5), (2, 3, 1.0)]
    held_out = spark.createDataFrame(rows, "user_id int, item_id int, rating float")
    assert relevant_items(held_out, 4.0).collect() == [(1, [3, 9])]
    assert {row.user_id: row.item_ids for row in relevant_items(held_out, 0.0).collect()} == {1: [3, 4, 9], 2: [3]}


def test_rankings_keep_every_user_who_has_relevant_items(spark):
    top = spark.createDataFrame([(1, [3]), (9, [3])], "user_id int, item_ids array<int>")
    relevant = spark.createDataFrame([(1, [3]), (2, [4])], "user_id int, item_ids array<int>")
    assert rankings(top, relevant).orderBy("user_id").collect() == [(1, [3.0], [3.0]), (2, [], [4.0])]
    more = relevant.selectExpr("user_id * 10 AS more", "user_id", "item_ids")
    assert rankings(top, more).orderBy("user_id").collect() == [(1, [3.0], 10, [3.0]), (2, [], 20, [4.0])]
