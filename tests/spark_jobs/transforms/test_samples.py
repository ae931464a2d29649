import pytest

from penstock.scoring import SampleUser
from spark_jobs.transforms.histories import seen_by_user
from spark_jobs.transforms.samples import pick_users, sample_users

RATED = "user_id int, item_id int, rating float, rated_at bigint"


@pytest.fixture(scope="module")
def top(spark):
    """Users 1 to 10 and 12 get items 7 and 8; user 11, who rated most, gets nothing."""
    lists = [(user, rank, 6 + rank, 1 - rank / 10) for user in range(1, 13) for rank in (1, 2) if user != 11]
    return spark.createDataFrame(lists, "user_id int, rank int, item_id int, score double")


@pytest.fixture(scope="module")
def ratings(spark):
    """User u has u ratings, the latest and best of item u; user 12 has none."""
    rows = [(user, item, item / 2, item) for user in range(1, 12) for item in range(1, user + 1)]
    return spark.createDataFrame(rows, RATED)


def test_users_are_spread_over_activity(top, ratings):
    assert pick_users(top, seen_by_user(ratings)) == {2: 2, 4: 4, 6: 6, 8: 8, 10: 10}
    assert list(pick_users(top.orderBy("user_id", ascending=False), seen_by_user(ratings).repartition(3))) == [
        2,
        4,
        6,
        8,
        10,
    ]


def test_users_who_are_alike_are_one_example(top, ratings):
    assert pick_users(top, seen_by_user(ratings.where("item_id = 1"))) == {1: 1}
    assert pick_users(top, seen_by_user(ratings.where("user_id = 11"))) == {}


def test_titles_in_order(spark, top, ratings):
    movies = spark.createDataFrame([(item, f"Film {item}") for item in range(2, 8)], "item_id int, title string")
    tie = spark.createDataFrame([(2, 9, 1.0, 5), (2, 3, 1.0, 2), (2, 4, 0.5, 9)], RATED)
    rated = ratings.union(tie)
    chosen = {user.user_id: user for user in sample_users(top, seen_by_user(rated), rated, movies)}
    assert list(chosen) == [3, 2, 6, 8, 10]
    recommended = ["Film 7", "item 8"]
    assert chosen[3] == SampleUser(user_id=3, ratings=3, liked=["Film 3", "Film 2", "item 1"], recommended=recommended)
    liked = ["item 9", "Film 2", "Film 3", "Film 4", "item 1"]
    assert chosen[2] == SampleUser(user_id=2, ratings=5, liked=liked, recommended=recommended)
    assert chosen[10].liked == ["item 10", "item 9", "item 8", "Film 7", "Film 6"]


def test_nobody_to_show(top, ratings, spark):
    movies = spark.createDataFrame([], "item_id int, title string")
    nothing = ratings.where("user_id > 11")
    assert sample_users(top, seen_by_user(nothing), nothing, movies) == []
