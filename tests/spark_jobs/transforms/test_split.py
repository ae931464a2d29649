import pytest
from pyspark.sql import functions as F

from penstock.errors import DataError
from penstock.jobs import SplitArgs
from spark_jobs.transforms.split import training_rows, with_parts


@pytest.fixture(scope="module")
def ratings(spark):
    """100 users x 100 items, one rating a second from 1,000,000,000 on."""
    row = spark.range(10_000)
    columns = [F.floor(row.id / 100).cast("int").alias("user_id"), (row.id % 100).cast("int").alias("item_id")]
    return row.select(*columns, F.lit(3.0).cast("float").alias("rating"), (row.id + 10**9).alias("rated_at"))


def counts(ratings, args):
    return {row["part"]: row["count"] for row in with_parts(ratings, args).groupBy("part").count().collect()}


def test_random_shares_are_near_what_was_asked(ratings):
    found = counts(ratings, SplitArgs(test_fraction=0.2, validation_fraction=0.25))
    assert sum(found.values()) == 10_000
    # Binomial: the standard deviation of each count is at most 49.
    assert found == {
        "train": pytest.approx(6_000, abs=200),
        "validation": pytest.approx(2_000, abs=200),
        "test": pytest.approx(2_000, abs=200),
    }


def test_random_depends_on_user_item_and_seed_only(ratings):
    def held_out(frame, seed):
        parts = with_parts(frame, SplitArgs(seed=seed))
        return {(row.user_id, row.item_id) for row in parts.where("part = 'test'").collect()}

    fewer = ratings.where("user_id < 5")
    changed = fewer.select("user_id", "item_id", F.lit(1.0).alias("rating"), F.lit(0).alias("rated_at"))
    base = held_out(fewer, 42)
    assert held_out(changed.orderBy(F.desc("item_id")), 42) == base
    assert held_out(ratings, 42) >= base
    assert held_out(fewer, 43) != base


def test_temporal_cuts_at_the_exact_quantiles(ratings):
    args = SplitArgs(split_method="temporal", test_fraction=0.2, validation_fraction=0.1)
    parts = with_parts(ratings.orderBy(F.rand(1)), args)
    found = parts.groupBy("part").agg(F.count("*"), F.min("rated_at"), F.max("rated_at")).orderBy("part").collect()
    assert [tuple(row) for row in found] == [
        ("test", 2_000, 1_000_008_000, 1_000_009_999),
        ("train", 7_200, 1_000_000_000, 1_000_007_199),
        ("validation", 800, 1_000_007_200, 1_000_007_999),
    ]


def test_temporal_never_tears_a_second_apart(spark):
    rows = [(user, 1, 3.0, 5 if user < 6 else 9) for user in range(10)]
    ratings = spark.createDataFrame(rows, "user_id int, item_id int, rating float, rated_at bigint")
    parts = with_parts(ratings, SplitArgs(split_method="temporal", test_fraction=0.2))
    assert {tuple(row) for row in parts.select("rated_at", "part").distinct().collect()} == {
        (5, "train"),
        (9, "test"),
    }


def test_temporal_of_nothing_is_an_error(ratings):
    with pytest.raises(DataError, match="a temporal split of no rows"):
        with_parts(ratings.where("user_id < 0"), SplitArgs(split_method="temporal"))


def test_timestamp_mod_is_the_classic_protocol(ratings):
    parts = with_parts(ratings.where("user_id = 0 AND item_id < 10"), SplitArgs(split_method="timestamp_mod"))
    assert [row.part for row in parts.orderBy("rated_at").collect()] == ["train"] * 6 + ["validation"] * 2 + [
        "test"
    ] * 2
    assert training_rows(parts).count() == 8


def test_the_split_in_words():
    assert SplitArgs().describe_split() == "random: test 0.2, validation 0.1 of the rest, seed 42"
    assert SplitArgs(split_method="temporal").describe_split() == "temporal: test 0.2, validation 0.1 of the rest"
    assert SplitArgs(split_method="timestamp_mod").describe_split() == (
        "timestamp_mod: timestamp % 10 in 6, 7 validates, in 8, 9 tests"
    )
