import datetime as dt

import pytest
from pyspark.sql import functions as F

from penstock.errors import DataError
from penstock.jobs import FitArgs
from penstock.recipe.values import Validation
from spark_jobs.transforms.holdout import FOLD, watched, with_fold, with_part

FOLDS = Validation(folds=4)


@pytest.fixture(scope="module")
def rows(spark):
    return spark.range(400).select("id", (F.col("id") % 7).alias("kind"), F.lit("x").alias("name")).cache()


def arguments(**values):
    return FitArgs(table_uri="s3://b/t", recipe="{}", model_uri="s3://b/m", report_uri="s3://b/r", **values)


def parts(table, **values):
    return {row["id"]: row["part"] for row in with_part(table, arguments(**values)).collect()}


def test_the_tables_own_column(spark):
    table = spark.createDataFrame([(1, "train"), (2, "test")], "id long, part string")
    assert parts(table) == {1: "train", 2: "test"}
    for wrong, shown in (("valid", "'valid'"), (None, "None")):
        with pytest.raises(DataError) as failure:
            parts(spark.createDataFrame([(1, "train"), (2, wrong)], "id long, part string"))
        assert str(failure.value) == f"column 'part' has {shown}; expected train or test in every row"


def test_a_table_without_the_column(rows):
    with pytest.raises(DataError) as failure:
        with_part(rows, arguments())
    assert str(failure.value) == (
        "no column 'part' that says which rows are held out; found id, kind, name. "
        "Hold rows out by random or temporal instead of by column."
    )


def test_random_parts_depend_on_the_row_and_the_seed_alone(rows):
    held_out = parts(rows, holdout="random", test_fraction=0.25)
    assert 70 < sum(part == "test" for part in held_out.values()) < 130
    assert parts(rows.select("name", "kind", "id").repartition(3), holdout="random", test_fraction=0.25) == held_out
    assert parts(rows, holdout="random", test_fraction=0.25, holdout_seed=1) != held_out


def test_equal_rows_are_never_torn_apart(rows):
    twice = with_part(rows.union(rows), arguments(holdout="random"))
    assert twice.groupBy("id").agg(F.countDistinct("part").alias("parts")).where("parts > 1").count() == 0


def test_a_map_is_no_part_of_the_hash(spark, rows):
    with_map = rows.withColumn("map", F.create_map("name", "kind"))
    assert parts(with_map, holdout="random") == parts(rows, holdout="random")


@pytest.mark.parametrize("kind", ["bigint", "timestamp", "date"])
def test_the_last_rows_by_time(rows, kind):
    time = F.col("id") if kind == "bigint" else F.timestamp_seconds(F.col("id") * 86_400).cast(kind)
    table = rows.withColumn("time", time)
    held_out = parts(table, holdout="temporal", time_column="time", test_fraction=0.25)
    assert {each for each, part in held_out.items() if part == "test"} == set(range(300, 400))


@pytest.mark.parametrize(
    ("values", "column", "message"),
    [
        ([1.0, 2.0], "time", "no column 'time' to order rows by time; found at"),
        (["a", "b"], "at", "column 'at' is string; expected a number, date or timestamp to order by"),
        ([dt.date(2026, 1, 1), None], "at", "column 'at' orders rows by time, and is null in 1 of them"),
    ],
)
def test_a_column_that_does_not_order_rows(spark, values, column, message):
    kind = {float: "double", str: "string"}.get(type(values[0]), "date")
    table = spark.createDataFrame([(each,) for each in values], f"at {kind}")
    with pytest.raises(DataError) as failure:
        with_part(table, arguments(holdout="temporal", time_column=column))
    assert str(failure.value) == message


def test_every_row_validates_once_in_cross_validation(rows):
    counts = dict(with_fold(rows, FOLDS, seed=1).groupBy(FOLD).count().collect())
    assert set(counts) == {0, 1, 2, 3}
    assert all(60 < count < 140 for count in counts.values())


def test_folds_depend_on_the_row_and_the_seed_alone(rows):
    def folds(table, seed):
        return {row["id"]: row[FOLD] for row in with_fold(table, FOLDS, seed=seed).collect()}

    assert folds(rows, 1) == folds(rows.repartition(3), 1)
    assert folds(rows, 1) != folds(rows, 2)


def test_one_fold_of_some_rows(rows):
    some = with_fold(rows, Validation(method="train_validation", fraction=0.25), seed=1)
    counts = dict(some.groupBy(FOLD).count().collect())
    assert set(counts) == {0, None}
    assert 60 < counts[0] < 140
    latest = with_fold(rows, Validation(method="time", column="id", fraction=0.25), seed=1)
    assert latest.where(F.col(FOLD) == 0).agg(F.min("id"), F.count("*")).first()[:] == (300, 100)


def test_what_is_held_out_says_nothing_of_folds_and_of_watched_rows(rows):
    both = with_fold(with_part(rows, arguments(holdout="random")).drop("part"), FOLDS, seed=42)
    both = with_part(both, arguments(holdout="random")).withColumn("watched", watched(rows, 0.5, seed=42))
    shares = (
        both.groupBy("part").agg(F.avg((F.col(FOLD) < 2).cast("int")), F.avg(F.col("watched").cast("int"))).collect()
    )
    assert all(0.3 < fold < 0.7 and 0.3 < seen < 0.7 for _, fold, seen in shares)
