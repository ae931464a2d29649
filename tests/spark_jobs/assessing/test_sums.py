import numpy as np
import pytest
from pyspark.sql import functions as F

from spark_jobs.assessing.resampling import weights
from spark_jobs.assessing.sums import DRAW, GROUPS, Statistic, add_up, merge

RESAMPLES = 7


def statistics(columns):
    return [
        Statistic(columns["x"]),
        Statistic(columns["x"], columns["cell"].astype(np.int64)),
        Statistic(columns["two"].sum(axis=1)),
    ]


@pytest.fixture(scope="module")
def rows(spark):
    table = spark.range(500).withColumn(DRAW, F.xxhash64("id"))
    return table.select(
        DRAW,
        F.array(F.lit(0), (F.col("id") % 2 + 1).cast("int")).alias(GROUPS),
        (F.col("id") / 10).alias("x"),
        (F.col("id") % 3).alias("cell"),
        F.array(F.lit(1.0), F.lit(2.0)).alias("two"),
    ).cache()


def test_sums_are_numpys_for_the_sample_and_every_resample(rows):
    found = add_up(rows, statistics, count=3, resamples=RESAMPLES)
    local = rows.toPandas()
    drawn, x, odd = weights(local[DRAW].to_numpy(), RESAMPLES), local["x"].to_numpy(), np.arange(500) % 2
    assert found.of(0, 0)[0] == pytest.approx(drawn.T @ x)
    assert found.of(2, 0)[0] == pytest.approx(drawn.T @ (x * odd))
    for cell in range(3):
        assert found.of(0, 1, 4)[cell] == pytest.approx(drawn.T @ (x * (np.arange(500) % 3 == cell)))
    assert found.of(0, 1, 4)[3].tolist() == [0.0] * (1 + RESAMPLES)
    assert found.of(1, 2)[0] == pytest.approx(drawn.T @ (3.0 * (1 - odd)))
    assert (found.rows(0), found.rows(1), found.rows(2), found.rows(3)) == (500, 250, 250, 0)


def test_partitions_do_not_matter(rows):
    whole = add_up(rows, statistics, count=3, resamples=RESAMPLES)
    parts = add_up(rows.repartition(4, "x"), statistics, count=3, resamples=RESAMPLES)
    assert parts.cells.keys() == whole.cells.keys()
    assert all(parts.cells[key] == pytest.approx(whole.cells[key]) for key in whole.cells)


def test_nothing_to_merge():
    keys, sums = merge([])
    assert (keys.tolist(), sums.size) == ([], 0)


def test_equal_keys_are_added():
    keys, sums = merge([(np.array([3, 1]), np.array([[1.0], [2.0]])), (np.array([1]), np.array([[5.0]]))])
    assert (keys.tolist(), sums.tolist()) == ([1, 3], [[7.0], [1.0]])
