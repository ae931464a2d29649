import math

import numpy as np
import pytest
from pyspark.sql import functions as F

from penstock.estimate import Estimate
from spark_jobs.transforms import resample
from spark_jobs.transforms.resample import KEY, interval, poisson_weights, resampled_sums

KEYS = np.arange(20_000, dtype=np.int64)


def test_weights_are_poisson_of_mean_one():
    weights = poisson_weights(KEYS, 100)
    assert weights.shape == (20_000, 100)
    # Two million draws: a standard error of 0.0007 in mean, 0.0012 in variance, at most 0.0004 in shares.
    assert weights.mean() == pytest.approx(1, abs=0.003)
    assert weights.var() == pytest.approx(1, abs=0.005)
    shares = np.bincount(weights.ravel().astype(int))[:5] / weights.size
    assert shares == pytest.approx([math.exp(-1) / math.factorial(n) for n in range(5)], abs=0.0015)


def test_weights_are_independent_between_resamples_and_between_rows():
    # Correlations of 20,000 independent draws have a standard error of 0.007; of 1,000 draws, 0.032.
    assert np.abs(np.corrcoef(poisson_weights(KEYS, 50), rowvar=False) - np.eye(50)).max() < 0.035
    assert np.abs(np.corrcoef(poisson_weights(KEYS[:40], 1_000)) - np.eye(40)).max() < 0.16


def test_a_weight_depends_on_key_and_resample_only():
    weights = poisson_weights(KEYS[:5], 7)
    assert poisson_weights(KEYS[4:2:-1], 9)[:, :7].tolist() == weights[4:2:-1].tolist()
    assert poisson_weights(KEYS[:2], 0).shape == (2, 0)
    assert poisson_weights(np.array([-1, 7]), 6).tolist() == [[0, 0, 1, 2, 1, 2], [0, 0, 2, 1, 1, 3]]


def test_sums_do_not_depend_on_partitions_and_blocks(spark, monkeypatch):
    rows = spark.range(300).select(
        F.xxhash64("id").alias(KEY), F.lit(1.0).alias("one"), (F.col("id") % 7).cast("double")
    )
    rows = rows.toDF(KEY, "one", "value")
    sums = resampled_sums(rows, 20)
    assert (sums["one"][0], sums["value"][0]) == (300, sum(each % 7 for each in range(300)))
    keys, _, values = (np.array(column) for column in zip(*rows.collect(), strict=True))
    weights = poisson_weights(keys, 20)
    assert sums["one"][1:].tolist() == weights.sum(axis=0).tolist()
    assert sums["value"][1:].tolist() == (values @ weights).tolist()
    monkeypatch.setattr(resample, "BLOCK_WEIGHTS", 50)
    apart = resampled_sums(rows.repartition(3, "value"), 20)
    assert {name: each.tolist() for name, each in apart.items()} == {name: each.tolist() for name, each in sums.items()}


def test_no_row_and_no_resample(spark):
    rows = spark.range(2).select(F.col("id").alias(KEY), F.lit(2.5).alias("value"))
    assert resampled_sums(rows, 0)["value"].tolist() == [5.0]
    assert resampled_sums(rows.where("key > 5"), 3)["value"].tolist() == [0.0] * 4


def test_intervals():
    assert interval(np.array([5.0, *range(101)]), confidence=0.5) == Estimate(value=5.0, low=25.0, high=75.0)
    assert interval(np.array([5.0, 4.0, np.nan]), confidence=0.95) == Estimate(value=5.0, low=4.0, high=4.0)
    assert interval(np.array([5.0]), confidence=0.95) == Estimate(value=5.0)
    assert interval(np.array([np.nan, 1.0]), confidence=0.95) == Estimate(value=None)


def test_the_interval_of_a_mean_is_that_of_the_normal_theory():
    values = np.random.default_rng(3).normal(size=4_000)
    weights = poisson_weights(KEYS[:4_000], 4_000)
    found = interval(np.array([values.mean(), *(values @ weights / weights.sum(axis=0))]), confidence=0.95)
    margin = 1.96 * values.std() / math.sqrt(4_000)
    # The standard error of a quantile of 4,000 resamples is 0.04 standard errors of the mean: within four of them.
    assert found.low == pytest.approx(values.mean() - margin, abs=0.08 * margin)
    assert found.high == pytest.approx(values.mean() + margin, abs=0.08 * margin)
