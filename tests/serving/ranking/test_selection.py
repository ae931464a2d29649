"""The n largest: held against a full sort, which is slow and plain."""

import numpy as np
import pytest

from serving.ranking.selection import CHUNK, largest


def sorted_whole(scores, n):
    places = [each for each in np.lexsort((np.arange(len(scores)), -scores)) if scores[each] > -np.inf]
    return places[:n]


def test_largest_first_and_equal_scores_by_place():
    assert largest(np.array([1.0, 3.0, 2.0, 3.0, 3.0]), 2).tolist() == [1, 3]
    assert largest(np.array([1.0, 3.0, 2.0, 3.0, 3.0]), 5).tolist() == [1, 3, 4, 2, 0]


@pytest.mark.parametrize("n", [1, 2, 10, 100])
@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 10 * CHUNK + 7, 5_000])
@pytest.mark.parametrize("values", [3, 50, 10**6])
def test_it_is_what_a_full_sort_says(n, length, values):
    rng = np.random.default_rng(length + n)
    scores = rng.integers(-values, values, length).astype(np.float32)
    scores[rng.random(length) < 0.2] = -np.inf
    assert largest(scores, n).tolist() == sorted_whole(scores, n)


def test_what_is_excluded_is_never_chosen():
    scores = np.full(1000, -np.inf, dtype=np.float32)
    assert largest(scores, 10).tolist() == []
    scores[[999, 7]] = -5
    assert largest(scores, 10).tolist() == [7, 999]


def test_counts_are_selected_as_scores_are():
    assert largest(np.array([3, 9, 9, 1], dtype=np.int64), 3).tolist() == [1, 2, 0]


@pytest.mark.parametrize("apart", [1, 20])
def test_the_best_may_be_neighbours_or_all_in_one_chunk_or_behind_the_last_whole_one(apart):
    scores = np.zeros(20 * CHUNK + 3, dtype=np.float32)
    scores[5 : 5 + 10 * apart : apart] = np.arange(10) + 1
    scores[-2:] = 20
    ascending = range(5, 5 + 10 * apart, apart)
    assert largest(scores, 12).tolist() == [20 * CHUNK + 1, 20 * CHUNK + 2, *reversed(ascending)]
