import math

import numpy as np
import pytest
from pyspark.sql import functions as F

from spark_jobs.transforms import lists
from spark_jobs.transforms.lists import COLUMNS, Catalogue, genre_vectors, measure_lists, own_popularity
from spark_jobs.transforms.metrics import RANKING_METRICS, ranking_metrics, ranking_samples, values_of
from spark_jobs.transforms.resample import KEY, poisson_weights

HALF = math.sqrt(0.5)
ITEMS = Catalogue(
    ids=np.array([3, 5, 8, 9], dtype=np.int32),
    shares=np.array([0.5, 0.25, 1.0, 0.125]),
    genres=np.array([[1, 0], [0, 1], [HALF, HALF], [0, 0]]),
)
RANKED = "user_id int, prediction array<double>, label array<double>, own_popularity double"


def ranked(spark, *rows):
    return spark.createDataFrame(rows, RANKED)


def values(spark, *rows, k, items=ITEMS):
    return values_of(ranking_samples(measure_lists(ranked(spark, *rows), items, k=k), 0))


def test_a_perfect_list(spark):
    assert values(spark, (1, [3.0, 5.0], [5.0, 3.0], 0.375), k=2) == {
        "precision_at_k": 1.0,
        "recall_at_k": 1.0,
        "ndcg_at_k": 1.0,
        "map_at_k": 1.0,
        "mrr_at_k": 1.0,
        "diversity_at_k": 1.0,
        "novelty_at_k": 1.5,
        "popularity_bias_at_k": 0.0,
    }


def test_known_values(spark):
    """A hit at rank 2 of 3; a list of one item and no hit; no list at all."""
    rows = [(1, [8.0, 3.0, 9.0], [3.0, 7.0], 0.25), (2, [5.0], [3.0], 0.25), (3, [], [3.0], 0.5)]
    found = values(spark, *rows, k=3)
    dcg = 1 / math.log2(3)
    # Item 9 has no genre: the first list's one pair is (8, 3), of cosine 0.7071; the others have no pair.
    assert found == {
        "precision_at_k": pytest.approx(1 / 3 / 3),
        "recall_at_k": pytest.approx(0.5 / 3),
        "ndcg_at_k": pytest.approx(dcg / (1 + dcg) / 3),
        "map_at_k": pytest.approx(0.25 / 3),
        "mrr_at_k": pytest.approx(0.5 / 3),
        "diversity_at_k": pytest.approx(1 - HALF),
        "novelty_at_k": pytest.approx((4 / 3 + 2) / 2),
        "popularity_bias_at_k": pytest.approx((1.625 / 3 + 0.25 - 0.5) / 0.5),
    }


def test_lists_of_the_same_genres_have_no_diversity_and_unknown_genres_leave_it_undefined(spark):
    row = (1, [3.0, 5.0], [3.0], 0.5)
    alike = Catalogue(ids=ITEMS.ids, shares=ITEMS.shares, genres=np.ones((4, 1)))
    unknown = Catalogue(ids=ITEMS.ids, shares=ITEMS.shares, genres=np.empty((4, 0)))
    assert values(spark, row, k=2, items=alike)["diversity_at_k"] == 0.0
    assert values(spark, row, k=2, items=unknown)["diversity_at_k"] is None


def test_nobody_got_anything(spark):
    found = values(spark, (1, [], [3.0], 0.5), k=2)
    assert [name for name, value in found.items() if value is None] == [
        "diversity_at_k",
        "novelty_at_k",
        "popularity_bias_at_k",
    ]


def test_the_means_over_users_are_those_of_mllib_and_blocks_do_not_matter(spark, monkeypatch):
    monkeypatch.setattr(lists, "BLOCK_PLACES", 40)
    rng = np.random.default_rng(5)
    items = Catalogue(ids=np.arange(60, dtype=np.int32), shares=np.full(60, 0.5), genres=np.eye(60))
    rows = [
        (user, *(rng.permutation(60)[:size].astype(float).tolist() for size in (user % 8, 1 + user % 13)), 0.5)
        for user in range(50)
    ]
    found = values(spark, *rows, k=5, items=items)
    mllib = ranking_metrics(ranked(spark, *rows), k=5, catalogue=60)
    assert {name: found[name] for name in RANKING_METRICS} == pytest.approx(
        {name: mllib[name] for name in RANKING_METRICS}, rel=1e-12
    )
    assert found["diversity_at_k"] == pytest.approx(1.0)


def test_users_are_resampled(spark):
    rows = ranked(spark, (1, [3.0], [3.0], 0.5), (2, [3.0], [5.0], 0.5), (3, [3.0], [3.0], 0.5))
    measured = measure_lists(rows, ITEMS, k=1)
    assert measured.columns == [KEY, *COLUMNS]
    keys = rows.select(F.xxhash64("user_id")).collect()
    assert measured.select(KEY).collect() == keys
    weights = poisson_weights(np.array([key for (key,) in keys]), 200)
    drawn = weights.sum(axis=0)
    precision = ranking_samples(measured, 200)["precision_at_k"][1:]
    assert 0 < (drawn == 0).sum() < 30
    assert np.isnan(precision).tolist() == (drawn == 0).tolist()
    hits = weights[0] + weights[2]
    assert precision[drawn > 0] == pytest.approx(hits[drawn > 0] / drawn[drawn > 0])


def test_genre_vectors(spark):
    rows = [(3, ["Drama"]), (5, ["Comedy", "Drama", "Drama"]), (8, []), (99, ["Western"])]
    movies = spark.createDataFrame(rows, "item_id int, genres array<string>")
    found = genre_vectors(movies, ITEMS.ids)
    assert found.tolist() == [pytest.approx(each) for each in ([0, 1], [HALF, HALF], [0, 0], [0, 0])]
    assert genre_vectors(movies, np.array([8], dtype=np.int32)).shape == (1, 0)


def test_own_popularity(spark):
    seen = spark.createDataFrame([(1, [3, 9]), (2, [8])], "user_id int, item_ids array<int>")
    assert own_popularity(seen, ITEMS).collect() == [(1, 0.3125), (2, 1.0)]
