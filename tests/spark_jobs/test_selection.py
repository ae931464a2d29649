import json

import pytest

from penstock.errors import DataError
from penstock.jobs import TrainArgs
from penstock.tables import RATINGS
from spark_jobs import train
from spark_jobs.storage import write_table

ROOT = "s3://penstock-test/selection"
TRAIN, VALIDATE, TEST = 10, 16, 18
"""Times that the split timestamp_mod gives to each part."""
SPLIT = "the split (timestamp_mod: timestamp % 10 in 6, 7 validates, in 8, 9 tests)"
GRID = {"rank": [2], "maxIter": [2], "regParam": [0.1, 1.0]}
TABLE = [(user, item, 3.0 + (user + item) % 2, TRAIN) for user in (1, 2, 3) for item in (1, 2, 3) if user + item < 6]
TABLE += [(3, 3, 4.0, TEST)]


def report(spark, rows, objective, *, grid=GRID, **values):
    """The training report over these ratings (user, item, rating, time)."""
    write_table(spark.createDataFrame(rows, list(RATINGS)), f"{ROOT}/ratings", RATINGS)
    locations = {"ratings_uri": f"{ROOT}/ratings", "model_uri": f"{ROOT}/model", "report_uri": f"{ROOT}/report.json"}
    args = TrainArgs(
        **locations, objective=objective, grid=json.dumps(grid), split_method="timestamp_mod", blocks=1, **values
    )
    return train.run(spark, args)


def test_no_validation_row_with_a_trained_user_to_rank_for(spark):
    with pytest.raises(DataError) as failure:
        report(spark, [*TABLE, (9, 1, 4.0, VALIDATE)], "ranking")
    assert str(failure.value) == (
        f"{ROOT}/ratings: the grid's candidates cannot be compared, because no validation row of {SPLIT} has a trained "
        "user and a rating of at least 0. Use another split, more data, a lower relevance threshold or a grid of one "
        "point, which needs no comparison."
    )


@pytest.mark.parametrize("cold", [(9, 1, 4.0, VALIDATE), (1, 9, 4.0, VALIDATE)], ids=["user", "item"])
def test_no_validation_row_whose_rating_can_be_predicted(spark, cold):
    with pytest.raises(DataError) as failure:
        report(spark, [*TABLE, cold], "rating")
    assert str(failure.value) == (
        f"{ROOT}/ratings: the grid's candidates cannot be compared, because no validation row of {SPLIT} has a trained "
        "user and a trained item. Use another split, more data or a grid of one point, which needs no comparison."
    )


def test_a_grid_of_one_point_needs_no_validation_row_to_measure(spark):
    grid = {**GRID, "regParam": [0.1]}
    assert report(spark, [*TABLE, (9, 1, 4.0, VALIDATE)], "rating", grid=grid).candidates[0].metric is None


def test_cold_validation_rows_are_left_out_of_the_comparison(spark):
    warm = [*TABLE, (2, 3, 4.0, VALIDATE)]
    alone = report(spark, warm, "rating").candidates
    assert report(spark, [*warm, (2, 9, 1.0, VALIDATE), (9, 2, 1.0, VALIDATE)], "rating").candidates == alone


def test_a_metric_that_is_not_a_number_is_refused(spark):
    rows = [*TABLE, (2, 3, float("nan"), VALIDATE)]
    with pytest.raises(DataError) as failure:
        report(spark, rows, "rating")
    assert str(failure.value) == (
        f"{ROOT}/ratings: the candidate {{'rank': 2, 'maxIter': 2, 'regParam': 0.1}} has rmse nan on the validation "
        "rows. Look for ratings that are not numbers, or take the candidate out of the grid."
    )


def test_only_items_rated_at_least_the_threshold_are_relevant_to_the_choice(spark):
    # User 1 has item 4 left and dislikes it; user 2 has nothing relevant from 4.0 on.
    rows = [*TABLE, (3, 4, 5.0, TRAIN), (1, 4, 1.0, VALIDATE)]
    assert [each.metric for each in report(spark, rows, "ranking").candidates] == [1.0, 1.0]
    with pytest.raises(DataError, match=r"has a trained user and a rating of at least 4\. Use another split"):
        report(spark, rows, "ranking", relevance_threshold=4.0)
