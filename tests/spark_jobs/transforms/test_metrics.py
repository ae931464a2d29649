import math

import numpy as np
import pytest

from spark_jobs.transforms.metrics import (
    RANKING_METRICS,
    ranking_metric,
    rankings,
    rating_metric,
    rating_samples,
    relevant_items,
    values_of,
)


def pairs(spark, *rows):
    schema = "user_id int, item_id int, prediction double, rating float"
    return spark.createDataFrame([(1, item, *row) for item, row in enumerate(rows)], schema)


def test_perfect_predictions(spark):
    perfect = pairs(spark, (4.0, 4.0), (0.5, 0.5))
    assert values_of(rating_samples(perfect, 0)) == {"rmse": 0.0, "mae": 0.0}
    assert [rating_metric(perfect, name) for name in ("rmse", "mae")] == [0.0, 0.0]
    ranked = [(1, [3.0, 5.0], [5.0, 3.0]), (2, [8.0, 3.0], [3.0, 8.0])]
    table = spark.createDataFrame(ranked, "user_id int, prediction array<double>, label array<double>")
    assert {ranking_metric(table, name, k=2) for name in RANKING_METRICS} == {1.0}


def test_known_values(spark):
    found = values_of(rating_samples(pairs(spark, (3.0, 4.0), (5.0, 2.0)), 0))
    assert found == {"rmse": pytest.approx(math.sqrt(5)), "mae": pytest.approx(2.0)}


def test_no_row_leaves_rating_metrics_undefined(spark):
    assert values_of(rating_samples(pairs(spark).where("rating > 9"), 0)) == {"rmse": None, "mae": None}


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


def test_relevant_items_keep_users_with_at_least_one(spark):
    rows = [(1, 9, 4.0), (1, 3, 5.0), (1, 4, 3.5), (2, 3, 1.0)]
    held_out = spark.createDataFrame(rows, "user_id int, item_id int, rating float")
    assert relevant_items(held_out, 4.0).collect() == [(1, [3, 9])]
    assert {row.user_id: row.item_ids for row in relevant_items(held_out, 0.0).collect()} == {1: [3, 4, 9], 2: [3]}


def test_rankings_keep_every_user_who_has_relevant_items(spark):
    top = spark.createDataFrame([(1, [3]), (9, [3])], "user_id int, item_ids array<int>")
    relevant = spark.createDataFrame([(1, [3]), (2, [4])], "user_id int, item_ids array<int>")
    assert rankings(top, relevant).orderBy("user_id").collect() == [(1, [3.0], [3.0]), (2, [], [4.0])]
