import os
from pathlib import Path

import pytest

from glue_scripts import clean_ratings, clean_viewers
from penstock.documents import DataReport
from penstock.jobs import CleanRatingsArgs, CleanViewersArgs
from penstock.tables import VIEWERS, columns

ROOT = "s3://penstock-test/clean_viewers"
T = 964982703
RATINGS_CSV = f"userId,movieId,rating,timestamp\n1,1,2.0,{T}\n1,1,5.0,{T + 1}\n1,2,3.5,{T}\n2,2,0.5,{T}\n3,9,5,{T}\n"
MOVIES_CSV = 'movieId,title,genres\n1,Alien (1979),Horror\n2,"Crime, A (1999)",(no genres listed)\n'


def arguments(kind, folder, name, **values):
    return kind(
        ratings_uri=f"{folder}/ratings.csv",
        movies_uri=f"{folder}/movies.csv",
        clean_uri=f"{ROOT}/{name}/clean",
        quarantine_uri=f"{ROOT}/{name}/quarantine",
        report_uri=f"{ROOT}/{name}/report.json",
        max_bad_ratio=0.5,
        **values,
    )


def test_everything_that_clean_ratings_does_and_a_row_for_each_user(spark, bucket, tmp_path):
    (tmp_path / "ratings.csv").write_text(RATINGS_CSV)
    (tmp_path / "movies.csv").write_text(MOVIES_CSV)
    args = arguments(CleanViewersArgs, tmp_path, "both")
    report = clean_viewers.run(spark, args)
    file = bucket / "clean_viewers/both/report.json"
    assert DataReport.from_json(file.read_text(), str(file)) == report
    plain = clean_ratings.run(spark, arguments(CleanRatingsArgs, tmp_path, "both"))
    *others, table = report.tables
    assert (others, report.sources, report.fingerprint) == (plain.tables[:2], plain.sources, plain.fingerprint)
    assert (table.name, table.uri, table.rows) == ("viewers", f"{ROOT}/both/clean/viewers", 2)
    assert table.columns == columns(VIEWERS)
    viewers = spark.read.parquet(table.uri)
    assert dict(viewers.dtypes) == VIEWERS
    wanted = viewers.select("user_id", "ratings", "mean_rating", "mean_year", "share_horror", "liked")
    assert sorted(wanted.collect()) == [(1, 2, 4.25, 1989.0, 0.5, ["Alien (1979)"]), (2, 1, 0.5, 1999.0, 0.0, [])]


def test_arguments_arrive_as_glue_passes_them():
    args = arguments(CleanViewersArgs, "s3://raw", "glue", liked_rating=4.5)
    pairs = [each for pair in args.to_glue().items() for each in pair]
    assert CleanViewersArgs.from_argv([*pairs, "--JOB_NAME", "x"]) == args


@pytest.mark.skipif("PENSTOCK_DATA" not in os.environ, reason="PENSTOCK_DATA names no folder with ml-latest-small")
def test_movielens_latest_small(spark):
    folder = Path(os.environ["PENSTOCK_DATA"]) / "ml-latest-small"
    report = clean_viewers.run(spark, arguments(CleanViewersArgs, folder, "small"))
    viewers = spark.read.parquet(report.tables[2].uri)
    assert report.tables[2].rows == 610
    (row,) = viewers.selectExpr("sum(ratings)", "sum(size(liked))", "count(mean_year)").collect()
    assert (row[0], row[2]) == (100_836, 610)
