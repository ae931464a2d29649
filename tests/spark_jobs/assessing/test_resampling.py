import numpy as np
import pytest

from spark_jobs.assessing.resampling import poisson_table, weights


def test_the_table_is_poisson_with_mean_1():
    table = poisson_table()
    assert table.mean() == pytest.approx(1.0, abs=2e-5)
    assert table.var() == pytest.approx(1.0, abs=2e-4)
    assert (table == 0).mean() == pytest.approx(np.exp(-1), abs=1e-5)
    assert (table == 3).mean() == pytest.approx(np.exp(-1) / 6, abs=2e-5)


def test_the_sample_comes_first_and_draws_depend_on_the_key_alone():
    keys = np.array([5, -7, 5, 2**62], dtype=np.int64)
    drawn = weights(keys, 9)
    assert drawn.shape == (4, 10)
    assert drawn[:, 0].tolist() == [1.0] * 4
    assert (drawn[0] == drawn[2]).all()
    assert (drawn[0] != drawn[1]).any()
    assert (weights(keys[::-1].copy(), 9) == drawn[::-1]).all()
    assert (weights(keys, 6) == drawn[:, :7]).all()
    assert weights(keys, 0).tolist() == [[1.0]] * 4


def test_rows_and_resamples_are_independent():
    drawn = weights(np.arange(20_000, dtype=np.int64), 8)[:, 1:]
    assert drawn.mean(axis=0) == pytest.approx(np.ones(8), abs=0.03)
    assert np.abs(np.corrcoef(drawn.T) - np.eye(8)).max() < 0.03
    assert abs(np.corrcoef(drawn[1:, 0], drawn[:-1, 0])[0, 1]) < 0.03
