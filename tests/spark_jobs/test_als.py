import pytest

from penstock.errors import DataError
from penstock.jobs import Objective
from spark_jobs.als import feedback, load_model


def test_ranking_learns_from_choices_and_rating_from_ratings(spark):
    ratings = spark.createDataFrame([(1, 2, 0.5, 9)], "user_id int, item_id int, rating float, rated_at long")
    assert feedback(ratings, Objective.RANKING).collect() == [(1, 2, 1.0)]
    assert feedback(ratings, Objective.RATING).collect() == [(1, 2, 0.5)]


def test_a_model_that_cannot_be_read_is_named(spark, two_tastes):
    for uri in ("s3://penstock-test/no_model", two_tastes):
        with pytest.raises(DataError, match=rf"^{uri}: no ALS model can be read there \(.+\)$"):
            load_model(uri)
