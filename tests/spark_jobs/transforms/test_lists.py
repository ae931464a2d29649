import math

import numpy as np
import pytest

from spark_jobs.transforms.lists import COLUMNS, Catalogue, Lists, genre_vectors, measure_lists, own_popularity
from spark_jobs.transforms.metrics import list_samples, values_of

HALF = math.sqrt(0.5)
ITEMS = Catalogue(
    ids=np.array([3, 5, 8, 9], dtype=np.int32),
    shares=np.array([0.5, 0.25, 1.0, 0.125]),
    genres=np.array([[1, 0], [0, 1], [HALF, HALF], [0, 0]]),
)


def lists_of(*rows, k):
    """From (prediction, label, own popularity) for each user."""
    given = np.array([[place < len(row[0]) for place in range(k)] for row in rows])
    items = np.zeros(given.shape, dtype=np.int32)
    items[given] = [item for row in rows for item in row[0][:k]]
    return Lists(
        items=items,
        given=given,
        wanted_by=np.repeat(np.arange(len(rows)), [len(row[1]) for row in rows]),
        wanted=np.array([item for row in rows for item in row[1]], dtype=np.int32),
        own=np.array([row[2] for row in rows]),
    )


def values(*rows, k, items=ITEMS):
    measured = measure_lists(lists_of(*rows, k=k), items)
    assert tuple(sorted(measured)) == tuple(sorted(COLUMNS))
    return values_of(list_samples({name: each.sum(keepdims=True) for name, each in measured.items()}))


def test_a_perfect_list():
    assert values(([3, 5], [5, 3], 0.375), k=2) == {
        "precision_at_k": 1.0,
        "recall_at_k": 1.0,
        "ndcg_at_k": 1.0,
        "map_at_k": 1.0,
        "mrr_at_k": 1.0,
        "diversity_at_k": 1.0,
        "novelty_at_k": 1.5,
        "popularity_bias_at_k": 0.0,
    }


def test_known_values():
    """A hit at rank 2 of 3; a list of one item and no hit; no list at all."""
    rows = [([8, 3, 9], [3, 7], 0.25), ([5], [3], 0.25), ([], [3], 0.5)]
    found = values(*rows, k=3)
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


def test_lists_of_the_same_genres_have_no_diversity_and_unknown_genres_leave_it_undefined():
    row = ([3, 5], [3], 0.5)
    alike = Catalogue(ids=ITEMS.ids, shares=ITEMS.shares, genres=np.ones((4, 1)))
    unknown = Catalogue(ids=ITEMS.ids, shares=ITEMS.shares, genres=np.empty((4, 0)))
    assert values(row, k=2, items=alike)["diversity_at_k"] == 0.0
    assert values(row, k=2, items=unknown)["diversity_at_k"] is None


def test_nobody_got_anything():
    found = values(([], [3], 0.5), k=2)
    assert [name for name, value in found.items() if value is None] == [
        "diversity_at_k",
        "novelty_at_k",
        "popularity_bias_at_k",
    ]


def test_genre_vectors(spark):
    rows = [(3, ["Drama"]), (5, ["Comedy", "Drama", "Drama"]), (8, []), (99, ["Western"])]
    movies = spark.createDataFrame(rows, "item_id int, genres array<string>")
    found = genre_vectors(movies, ITEMS.ids)
    assert found.tolist() == [pytest.approx(each) for each in ([0, 1], [HALF, HALF], [0, 0], [0, 0])]
    assert genre_vectors(movies, np.array([8], dtype=np.int32)).shape == (1, 0)


def test_own_popularity():
    owners, seen = np.array([0, 0, 1]), np.array([3, 9, 8], dtype=np.int32)
    assert own_popularity(owners, seen, 2, ITEMS).tolist() == [0.3125, 1.0]
