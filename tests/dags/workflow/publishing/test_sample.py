"""Canary users out of a table of scores."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from workflow.publishing.canary import Scored
from workflow.publishing.sample import hashed, sample_users


def batches(users: int, *, k: int = 3, rows: int = 7) -> Iterator[pa.RecordBatch]:
    """Scores of users 1.., whose rows lie in several batches."""
    pairs = [(user, rank) for user in range(1, users + 1) for rank in range(1, k + 1)]
    for first in range(0, len(pairs), rows):
        part = pairs[first : first + rows]
        columns = {
            "user_id": pa.array([user for user, _ in part], pa.int32()),
            "rank": pa.array([rank for _, rank in part], pa.int32()),
            "item_id": pa.array([user * 10 + rank for user, rank in part], pa.int32()),
            "score": pa.array([1.0 / rank for _, rank in part], pa.float32()),
        }
        yield pa.record_batch(columns)


def test_the_least_hashes_are_found_in_one_pass() -> None:
    users = np.arange(1, 501)
    expected = sorted(int(each) for each in users[np.argsort(hashed(users, 42))[:5]])
    found = sample_users(batches(500), users=5, seed=42, n=3)
    assert [each.user_id for each in found] == expected
    assert found[0] == Scored(
        user_id=expected[0],
        items=[expected[0] * 10 + rank for rank in (1, 2, 3)],
        scores=[1.0, 0.5, found[0].scores[2]],
    )
    assert all(len(each.items) == 3 for each in found)


def test_the_seed_chooses() -> None:
    one, same, other = (
        [each.user_id for each in sample_users(batches(500), users=5, seed=seed, n=1)] for seed in (42, 42, 43)
    )
    assert one == same
    assert one != other


def test_fewer_users_than_wanted_are_all_of_them() -> None:
    assert [each.user_id for each in sample_users(batches(3), users=20, seed=1, n=2)] == [1, 2, 3]


def test_only_the_best_are_kept() -> None:
    (user,) = sample_users(batches(1, k=9), users=1, seed=1, n=2)
    assert user == Scored(user_id=1, items=[11, 12], scores=[1.0, 0.5])


def test_no_scores_are_nobody() -> None:
    assert sample_users(iter(()), users=5, seed=1, n=2) == []


def test_the_hash_is_splitmix64s_finalizer() -> None:
    """Of state 0x9E3779B97F4A7C15, which is the first step of seed 0: its first output (prng.di.unimi.it)."""
    assert int(hashed(np.array([0]), 1)[0]) == 0xE220A8397B1DCDAF
