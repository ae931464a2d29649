import tracemalloc

import numpy as np
import pytest
from scipy import sparse

from penstock.errors import DataError
from spark_jobs.engines.memory import bytes_available, bytes_needed, check_memory
from spark_jobs.engines.weighted_als import Setting, factorise


def test_nothing_needs_nothing_and_all_of_it_grows_in_proportion():
    assert bytes_needed(ratings=0, users=0, items=0, rank=64) == 0
    assert (
        bytes_needed(ratings=20_000_000, users=138_000, items=26_700, rank=64) == 880_000_000 + 252_979_200 + 7_905_600
    )


def test_what_fits_and_what_does_not():
    size = {"ratings": 20_000_000, "users": 138_000, "items": 26_700, "rank": 64}
    check_memory(**size, available=bytes_needed(**size))
    with pytest.raises(DataError) as failure:
        check_memory(**size, available=bytes_needed(**size) - 1)
    assert str(failure.value) == (
        "engine 'implicit' needs about 1.1 GB on the driver for 20,000,000 ratings of about 138,000 users and 26,700 "
        "items at rank 64, and may use 1.1 GB: use engine 'mllib', a smaller rank, or a larger driver with more "
        "engine_memory_gb"
    )


def test_what_the_spec_allows_wins_over_the_machine():
    assert bytes_available(1.5) == 1_500_000_000
    assert 100_000_000 < bytes_available(0) < 10**14


def test_a_fit_takes_what_was_estimated():
    users, items, rank = 20_000, 2_000, 16
    random = np.random.default_rng(1)
    pairs = np.unique(random.integers(0, users * items, 1_500_000))
    tracemalloc.start()
    matrix = sparse.csr_matrix((np.ones(len(pairs), np.float32), (pairs // items, pairs % items)), (users, items))
    tracemalloc.reset_peak()
    before, _ = tracemalloc.get_traced_memory()
    factorise(matrix, Setting(rank=rank, reg_param=0.1, alpha=1.0, max_iter=1, seed=1, threads=1))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    taken = peak - before + 8 * len(pairs)
    estimate = bytes_needed(ratings=len(pairs), users=users, items=items, rank=rank)
    assert 0.6 * estimate < taken <= estimate
