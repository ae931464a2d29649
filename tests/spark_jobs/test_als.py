import pytest

from penstock.errors import DataError
from penstock.jobs import Objective
from spark_jobs.als import blocks_for, feedback, load_model


def test_ranking_learns_from_choices_and_rating_from_ratings(spark):
    ratings = spark.createDataFrame([(1, 2, 0.5, 9)], "user_id int, item_id int, rating float, rated_at long")
    assert feedback(ratings, Objective.RANKING).collect() == [(1, 2, 1.0)]
    assert feedback(ratings, Objective.RATING).collect() == [(1, 2, 0.5)]


def test_blocks_grow_with_the_data_up_to_the_cluster():
    assert [blocks_for(rows, 2) for rows in (1, 100_000, 1_000_001, 20_000_000)] == [2, 2, 3, 10]
    assert blocks_for(20_000_000, 32) == 32


def test_a_model_that_cannot_be_read_is_named(spark, two_tastes):
    for uri in ("s3://penstock-test/no_model", two_tastes):
        with pytest.raises(DataError, match=rf"^{uri}: no ALS model can be read there \(.+\)$"):
            load_model(uri)
