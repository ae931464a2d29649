"""What is ranked over the small bundle, number by number; over a generated one, as a full sort says."""

import asyncio

import numpy as np
import pytest

from bundle_data import generate, write_bundle
from penstock.bundle import BundleFile
from serving.bundle import open_bundle
from serving.ranking import Ranker, users_like
from tests.serving.bundles import write_small

ACTION, COMEDY = 0, 1


@pytest.fixture(scope="module")
def ranker(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    write_small(folder)
    return Ranker(open_bundle(folder))


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """2,000 items, each score of a user among a few values, so that there are ties."""
    folder, arrays = tmp_path_factory.mktemp("large"), generate(20, 2_000, 4, 3_000)
    rng = np.random.default_rng(1)
    for name in (BundleFile.USER_FACTORS, BundleFile.ITEM_FACTORS):
        arrays[name] = rng.integers(-2, 3, arrays[name].shape).astype(np.float32)
    write_bundle(folder, arrays)
    return Ranker(open_bundle(folder))


@pytest.mark.parametrize("worth", [0, 2**30])
@pytest.mark.parametrize("genre", [None, 0, 3])
@pytest.mark.parametrize("exclude_seen", [True, False])
def test_asked_together_everyone_gets_what_they_get_alone(large, worth, genre, exclude_seen, monkeypatch):
    monkeypatch.setattr("serving.ranking.ranker.WORTH_BYTES", worth)
    ranker, asked = Ranker(large.bundle), {"n": 7, "genre": genre, "exclude_seen": exclude_seen}

    async def together():
        return await asyncio.gather(*(ranker.for_user_in_turn(user, **asked) for user in range(20)))

    alone = [large.for_user(user, **asked) for user in range(20)]
    assert [pairs(each) for each in asyncio.run(together())] == [pairs(each) for each in alone]


def pairs(ranked):
    return list(zip(ranked.positions.tolist(), ranked.scores.tolist(), strict=True))


def test_the_best_items_of_a_user_without_what_was_seen(ranker):
    assert pairs(ranker.for_user(0, n=10)) == [(0, 3.0), (2, 1.0)]
    assert pairs(ranker.for_user(0, n=3, exclude_seen=False)) == [(0, 3.0), (3, 2.0), (2, 1.0)]
    assert pairs(ranker.for_user(1, n=10)) == [(1, 2.0), (2, 2.0), (0, 0.0), (3, -2.0)]
    assert len(ranker.for_user(1, n=1)) == 1


def test_the_best_items_of_a_genre(ranker):
    assert pairs(ranker.for_user(0, n=10, genre=ACTION)) == [(0, 3.0)]
    assert pairs(ranker.for_user(0, n=10, genre=ACTION, exclude_seen=False)) == [(0, 3.0), (3, 2.0)]
    assert pairs(ranker.for_user(2, n=10, genre=COMEDY)) == [(1, 1.0)]


def test_similar_items_by_cosine_without_the_item_itself(ranker):
    half = 2**-0.5
    assert [place for place, _ in pairs(ranker.similar(2, n=3))] == [0, 1, 3]
    assert ranker.similar(2, n=3).scores.tolist() == pytest.approx([half, half, 1 / 10**0.5])
    assert pairs(ranker.similar(2, n=3, genre=ACTION))[0] == (0, pytest.approx(half))
    assert len(ranker.similar(0, n=10, genre=ACTION)) == 1


def test_an_item_without_factors_is_similar_to_nothing(tmp_path):
    write_small(tmp_path, {BundleFile.ITEM_FACTORS: np.array([[0, 0], [0, 1], [1, 1], [2, -1]])})
    ranker = Ranker(open_bundle(tmp_path))
    assert pairs(ranker.similar(0, n=2)) == [(1, 0.0), (2, 0.0)]


def test_popularity_with_ties_by_id(ranker):
    assert pairs(ranker.popular(n=3)) == [(1, 7), (2, 7), (0, 5)]
    assert pairs(ranker.popular(n=3, exclude=np.array([1, 2], dtype=np.int32))) == [(0, 5), (3, 0)]
    assert pairs(ranker.popular(n=3, genre=ACTION)) == [(0, 5), (3, 0)]
    assert pairs(ranker.popular(n=1, genre=COMEDY, exclude=np.array([1], dtype=np.int32))) == [(0, 5)]


def test_somebody_who_likes_an_item_gets_the_solution_of_the_equation(ranker):
    items = np.array([[3, 0], [0, 1], [1, 1], [2, -1]], dtype=float)
    liked = items[[1]]
    left = items.T @ items + 1.0 * liked.T @ liked + 0.1 * 1 * np.eye(2)
    expected = np.linalg.solve(left, 2.0 * liked.sum(axis=0))
    assert ranker.fold_in(np.array([1], dtype=np.int32)) == pytest.approx(expected, rel=1e-6)
    found = ranker.for_vector(ranker.fold_in(np.array([1], dtype=np.int32)), n=1, exclude=np.array([1], dtype=np.int32))
    assert found.positions.tolist() == [2]


def test_of_explicit_ratings_a_liked_item_counts_as_the_top_rating(tmp_path):
    write_small(tmp_path, implicit=False, reg_param=0.5, top_rating=4.0)
    liked = np.array([[3, 0], [1, 1]], dtype=float)
    expected = np.linalg.solve(liked.T @ liked + 0.5 * 2 * np.eye(2), liked.T @ [4.0, 4.0])
    found = Ranker(open_bundle(tmp_path)).fold_in(np.array([0, 2], dtype=np.int32))
    assert found == pytest.approx(expected, rel=1e-6)


def test_without_regularisation_the_shortest_solution_is_taken(tmp_path):
    write_small(tmp_path, implicit=False, reg_param=0.0, top_rating=3.0)
    assert Ranker(open_bundle(tmp_path)).fold_in(np.array([0], dtype=np.int32)).tolist() == pytest.approx([1.0, 0.0])


@pytest.mark.parametrize("n", [1, 10, 3_000])
@pytest.mark.parametrize("genre", [None, 0, 7])
@pytest.mark.parametrize("exclude_seen", [True, False])
def test_every_user_gets_what_a_full_sort_says(large, n, genre, exclude_seen):
    bundle = large.bundle
    for user in range(bundle.users):
        among = np.arange(bundle.items) if genre is None else bundle.items_of(genre)
        if exclude_seen:
            among = np.setdiff1d(among, bundle.seen_by(user))
        scores = bundle.item_factors[among] @ bundle.user_factors[user]
        order = np.lexsort((among, -scores))[:n]
        found = large.for_user(user, n=n, genre=genre, exclude_seen=exclude_seen)
        assert found.positions.tolist() == among[order].tolist()
        assert found.scores.tolist() == scores[order].tolist()


@pytest.mark.parametrize("share", [1, 10**6])
def test_a_genre_is_ranked_alike_by_its_own_rows_and_by_all(large, monkeypatch, share):
    monkeypatch.setattr("serving.ranking.ranker.GATHER_SHARE", share)
    found = [pairs(large.for_user(user, n=20, genre=3)) for user in range(20)]
    monkeypatch.undo()
    assert found == [pairs(large.for_user(user, n=20, genre=3)) for user in range(20)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("matrix", [0, 3]),
        ("MATRIX, the", [0]),
        ("the matrix", [0, 3]),
        ("  the   Matrix (1999)", [0]),
        ("amelie", [1]),
        ("AMÉLIE", [1]),
        ("ame\u0301lie", [1]),
        ("i", [2, 1, 0, 3]),
        ("1970", [3]),
        ("", []),
        (" ", []),
        ("\n", []),
        ("\t", []),
        ("none", []),
        ("30amelie", []),
        ("\ud800", []),
        ("x" * 10_000, []),
    ],
)
def test_titles_that_begin_with_the_query_come_first_then_those_that_contain_it(ranker, query, expected):
    assert ranker.search(query, n=10).tolist() == expected


def test_a_search_finds_no_more_than_is_asked_for(ranker):
    assert [ranker.search("i", n=n).tolist() for n in (1, 2, 3)] == [[2], [2, 1], [2, 1, 0]]


def test_a_search_goes_over_blocks_of_titles(tmp_path, monkeypatch):
    monkeypatch.setattr("serving.ranking.search.BLOCK", 3)
    write_small(tmp_path)
    ranker = Ranker(open_bundle(tmp_path))
    assert ranker.search("matrix", n=10).tolist() == [0, 3]
    assert [ranker.search(ranker.bundle.title(each), n=1).tolist() for each in range(4)] == [[0], [1], [2], [3]]


@pytest.mark.parametrize(
    ("query", "n", "expected"),
    [
        ("", 3, [0, 1, 5]),
        ("1", 9, [1, 10, 15, 100, 1000]),
        ("1", 3, [1, 10, 15]),
        ("10", 9, [10, 100, 1000]),
        ("0", 9, [0]),
        ("01", 9, []),
        ("x", 9, []),
        ("-1", 9, []),
        ("²", 9, []),
        ("9" * 30, 9, []),
        ("2147483647", 9, [2147483647]),
    ],
)
def test_users_by_the_first_digits_of_their_id(query, n, expected):
    ids = np.array([0, 1, 5, 10, 15, 20, 100, 1000, 2147483647])
    assert users_like(ids, query, n=n) == expected
