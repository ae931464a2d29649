import pytest
from pyspark.sql import functions as F

from spark_jobs.transforms.score_bins import BINS, join_bins, score_bin, score_bins

ROWS = [(0.9, 1.0, 1.0), (0.9, 0.0, 2.0), (0.9001, 1.0, 1.0), (0.2, 0.0, 1.0), (0.0, 0.0, 1.0), (1.0, 1.0, 3.0)]


def test_bins_rise_with_the_score_and_are_fine_at_both_ends(spark):
    scores = [0.0, 1e-8, 1e-6, 1.1e-6, 1e-3, 1.1e-3, 0.2, 0.202, 0.5, 0.7, 0.999, 0.9999, 1.0]
    table = spark.createDataFrame([(each,) for each in scores], "score double").select(score_bin(F.col("score")))
    found = [row[0] for row in table.collect()]
    assert found == sorted(found)
    assert (found[0], found[-1], found[scores.index(0.5)]) == (0, BINS - 1, BINS // 2)
    assert len(set(found[2:])) == len(found) - 2


def test_bins_with_rows_the_highest_first(spark):
    top, same, low, least = score_bins(spark.createDataFrame(ROWS, "score double, truth double, weight double"))
    assert (top.rows, top.negative, top.positive, top.predicted, top.low) == (1, 0.0, 3.0, 3.0, 1.0)
    assert (same.rows, same.negative, same.positive, same.low, same.high) == (3, 2.0, 2.0, 0.9, 0.9001)
    assert same.predicted == pytest.approx(0.9 * 3 + 0.9001)
    assert (low.low, least.high, least.negative) == (0.2, 0.0, 1.0)


def test_parts_join_to_the_whole(spark):
    def table(rows):
        return score_bins(spark.createDataFrame(rows, "score double, truth double, weight double"))

    whole, joined = table(ROWS), join_bins([table(ROWS[:2]), table(ROWS[2:])])
    assert [each[:2] for each in joined] == [each[:2] for each in whole]
    assert [each[2:] for each in joined] == [pytest.approx(each[2:]) for each in whole]
