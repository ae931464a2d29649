import numpy as np
import pytest

from spark_jobs.transforms import lookup
from spark_jobs.transforms.kernel import TILE, Items, Kernel, largest, merge, shape_for

NOBODY, NOTHING = np.empty(0, dtype=np.intp), np.empty(0, dtype=np.int32)


def generated(items, rank, *, users=150, seed=3, whole=False):
    rng = np.random.default_rng(seed)
    factors, mine = rng.normal(size=(items, rank)), rng.normal(size=(users, rank))
    if whole:  # sums of small integers have no rounding, and many are equal
        factors, mine = np.round(factors), np.round(mine)
    ids = np.sort(rng.choice(10 * items, items, replace=False)).astype(np.int32) - 3 * items
    return Items(ids=ids, factors=factors.astype(np.float32)), mine.astype(np.float32)


def by_sorting(items, users, k, banned=()):
    """The definition: all scores, sorted by score and id."""
    scores = users @ items.factors.T
    for user, item in banned:
        scores[user, items.ids == item] = -np.inf
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return items.ids[order], np.take_along_axis(scores, order, axis=1)


@pytest.mark.parametrize("k", [1, 10, 100, 500])
def test_ties_go_by_id_within_and_between_chunks(k):
    items, users = generated(700, 3, whole=True)
    ids, scores = Kernel(items, k).best(users, NOBODY, NOTHING)
    expected = by_sorting(items, users, k)
    assert (ids == expected[0]).all()
    assert (scores == expected[1]).all()


def test_all_scores_alike():
    items = Items(ids=np.arange(5_000, dtype=np.int32), factors=np.zeros((5_000, 2), dtype=np.float32))
    ids, scores = Kernel(items, 10).best(-np.ones((3, 2), dtype=np.float32), NOBODY, NOTHING)
    assert ids.tolist() == [list(range(10))] * 3
    assert np.signbit(scores).sum() == 0
    assert (scores == 0).all()


@pytest.mark.parametrize("largest_table", [lookup.LOOKUP_BYTES, 0])
def test_unwanted_items_of_each_user(monkeypatch, largest_table):
    monkeypatch.setattr(lookup, "LOOKUP_BYTES", largest_table)
    items, users = generated(400, 4)
    rng = np.random.default_rng(8)
    drawn = np.column_stack([rng.integers(0, 150, 9_000), rng.choice(items.ids, 9_000)])
    banned = sorted({(int(user), int(item)) for user, item in drawn})
    strangers = [(user, int(item)) for user in (0, 63, 64, 149) for item in (items.ids[0] - 1, items.ids[-1] + 1)]
    pairs = sorted([*banned, *strangers, (5, int(items.ids[7]) + (items.ids[8] - items.ids[7] > 1))])
    owners, unwanted = np.array(pairs).T
    ids, scores = Kernel(items, 10).best(users, owners, unwanted.astype(np.int32))
    expected = by_sorting(items, users, 10, pairs)
    assert (ids == expected[0]).all()
    assert scores == pytest.approx(expected[1], rel=1e-5)


def test_who_has_seen_all_but_two_gets_two_and_who_has_seen_all_nothing():
    items, users = generated(50, 2, users=2)
    owners = np.repeat([0, 1], [48, 50])
    scores = Kernel(items, 5).best(users, owners, np.concatenate([items.ids[:48], items.ids]))[1]
    assert np.isfinite(scores).sum(axis=1).tolist() == [2, 0]


def test_fewer_items_than_k_and_none():
    items, users = generated(3, 2, users=1)
    assert np.isfinite(Kernel(items, 9).best(users, NOBODY, NOTHING)[1]).sum() == 3
    nothing = items.only(np.array([10**6], dtype=np.int32))
    ids, scores = Kernel(nothing, 9).best(users, np.array([0]), items.ids[:1])
    assert (ids.shape, np.isfinite(scores).sum()) == ((1, 9), 0)


def test_neither_place_nor_block_changes_more_than_rounding():
    items, users = generated(3_000, 64, users=300)
    ids, scores = Kernel(items, 20).best(users, NOBODY, NOTHING)
    order = np.random.default_rng(1).permutation(300)
    moved = Kernel(items, 20).best(users[order], NOBODY, NOTHING)
    blocks = [Kernel(each, 20).best(users, NOBODY, NOTHING) for each in items.blocks(700)]
    for other in ((moved[0][np.argsort(order)], moved[1][np.argsort(order)]), merge(blocks, 20)):
        assert (other[0] == ids).all()
        np.testing.assert_allclose(other[1], scores, rtol=1e-6, atol=1e-5)


def test_equal_input_gives_equal_bits():
    items, users = generated(3_000, 64, users=300)
    first, second = (Kernel(items, 20).best(users, NOBODY, NOTHING) for _ in range(2))
    assert [each.tobytes() for each in first] == [each.tobytes() for each in second]


def test_merging_goes_by_score_and_then_by_id_negative_ones_too():
    one = np.array([[5, -7]], dtype=np.int32), np.array([[2.0, -1.0]], dtype=np.float32)
    two = np.array([[3, -9]], dtype=np.int32), np.array([[2.0, -1.0]], dtype=np.float32)
    ids, scores = merge([one, two], 3)
    assert (ids.tolist(), scores.tolist()) == ([[3, 5, -9]], [[2.0, 2.0, -1.0]])


def test_the_largest_with_infinities():
    scores = np.array([[-np.inf, 0.0, -0.0, 1e-45, -1e-45]], dtype=np.float32)
    labels, found = largest(scores, np.arange(5)[None, :], 5)
    assert labels.tolist() == [[3, 1, 2, 4, 0]]
    assert found[0, 0] > 0 > found[0, 3] > found[0, 4] == -np.inf


@pytest.mark.parametrize(("items", "k"), [(0, 1), (1, 1), (3, 9), (26_744, 10), (26_744, 100), (65_536, 1_000)])
def test_shapes_hold_all_items_and_are_what_blas_computes_at_once(items, k):
    chunks, height = shape_for(items, k)
    assert chunks * height >= items
    assert chunks % TILE == 0
    assert chunks >= k
