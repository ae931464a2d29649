import os
from pathlib import Path

import pytest

from glue_scripts import clean_ratings
from penstock.documents import DataReport, RowCounts
from penstock.errors import DataError
from penstock.jobs import CleanRatingsArgs
from penstock.tables import HISTORIES, MOVIES, QUARANTINE, RATINGS

ROOT = "s3://penstock-test/clean_ratings"
T = 964982703
RATINGS_CSV = f"""\ufeffuserId,movieId,rating,timestamp
1,1,4.0,{T}
1,1,5.0,{T + 1}
1,2,3.5,{T}
2,1,3,5,{T}
userId,movieId,rating,timestamp
2,9,1.0,{T}
2,2,0.5,{T}

"""
MOVIES_CSV = 'movieId,title,genres\n1,Alien (1979),Horror\n2,"Crime, A",(no genres listed)\n2,Twice,Drama\n9,,Drama\n'


def arguments(folder, name, **values):
    return CleanRatingsArgs(
        ratings_uri=f"{folder}/ratings.{values.get('format', 'csv')}",
        movies_uri=f"{folder}/movies.{values.get('format', 'csv')}",
        clean_uri=f"{ROOT}/{name}/clean",
        quarantine_uri=f"{ROOT}/{name}/quarantine",
        report_uri=f"{ROOT}/{name}/report.json",
        **values,
    )


@pytest.fixture
def dirty(tmp_path):
    (tmp_path / "ratings.csv").write_bytes(RATINGS_CSV.replace("\n", "\r\n").encode())
    (tmp_path / "movies.csv").write_text(MOVIES_CSV)
    return tmp_path


def test_every_row_is_good_superseded_or_quarantined_with_its_reason(spark, bucket, dirty):
    args = arguments(dirty, "dirty", max_bad_ratio=0.6, code_sha="abc")
    report = clean_ratings.run(spark, args)
    assert report.sources == {
        "ratings": RowCounts(read=8, good=3, quarantined=4, superseded=1),
        "movies": RowCounts(read=4, good=2, quarantined=2, superseded=0),
    }
    assert report.quarantined_by_reason == {
        "movies: movieId occurs before": 1,
        "movies: title is empty": 1,
        "ratings: blank line": 1,
        "ratings: movieId is not in movies": 1,
        "ratings: not 4 columns": 1,
        "ratings: repeated header": 1,
    }
    assert (report.users, report.items, report.code_sha) == (2, 2, "abc")
    assert [(table.name, table.uri, table.rows) for table in report.tables] == [
        ("ratings", f"{ROOT}/dirty/clean/ratings", 3),
        ("movies", f"{ROOT}/dirty/clean/movies", 2),
        ("histories", f"{ROOT}/dirty/clean/histories", 2),
    ]
    ratings, movies, histories, quarantine = (
        spark.read.parquet(uri) for uri in (*(t.uri for t in report.tables), args.quarantine_uri)
    )
    assert [dict(each.dtypes) for each in (ratings, movies, histories)] == [RATINGS, MOVIES, HISTORIES]
    assert dict(quarantine.dtypes) == QUARANTINE
    assert ratings.collect() == [(1, 1, 5.0, T + 1), (1, 2, 3.5, T), (2, 2, 0.5, T)]
    assert histories.collect() == [(1, [1, 2]), (2, [2])]
    assert movies.collect() == [(1, "Alien (1979)", ["Horror"]), (2, "Crime, A", [])]
    assert sorted((row.source, Path(row.file).name, row.line) for row in quarantine.collect()) == [
        ("movies", "movies.csv", "2,Twice,Drama"),
        ("movies", "movies.csv", "9,,Drama"),
        ("ratings", "ratings.csv", ""),
        ("ratings", "ratings.csv", f"2,1,3,5,{T}"),
        ("ratings", "ratings.csv", f"2,9,1.0,{T}"),
        ("ratings", "ratings.csv", "userId,movieId,rating,timestamp"),
    ]
    file = bucket / "clean_ratings/dirty/report.json"
    assert DataReport.from_json(file.read_text(), str(file)) == report
    assert clean_ratings.run(spark, args) == report  # a retry replaces everything by the same
    assert spark.read.parquet(report.tables[0].uri).count() == 3


def test_too_many_bad_rows_fail_after_quarantine_and_report_were_written(spark, bucket, dirty):
    args = arguments(dirty, "bad", max_bad_ratio=0.45)
    with pytest.raises(DataError) as failure:
        clean_ratings.run(spark, args)
    assert str(failure.value) == (
        "ratings: 4 of 8 rows were refused (50.00%), at most 45.00% may be; 1 x blank line, 1 x movieId is not in "
        f"movies, 1 x not 4 columns. See the rows in {ROOT}/bad/quarantine"
    )
    assert spark.read.parquet(args.quarantine_uri).count() == 6
    assert (bucket / "clean_ratings/bad/report.json").exists()


def test_a_failed_retry_leaves_no_report_of_the_try_before(spark, bucket, dirty):
    args = arguments(dirty, "retried", max_bad_ratio=0.6)
    clean_ratings.run(spark, args)
    assert (bucket / "clean_ratings/retried/report.json").exists()
    (dirty / "movies.csv").unlink()
    with pytest.raises(DataError, match=r"movies\.csv"):
        clean_ratings.run(spark, args)
    assert not (bucket / "clean_ratings/retried/report.json").exists()


def test_a_folder_with_a_blank_in_its_name(spark, tmp_path):
    folder = tmp_path / "my data"
    folder.mkdir()
    (folder / "ratings.csv").write_text(f"userId,movieId,rating,timestamp\n1,1,4.0,{T}\n")
    (folder / "movies.csv").write_text("movieId,title,genres\n1,Alien (1979),Horror\n")
    report = clean_ratings.run(spark, arguments(folder, "blank"))
    assert report.sources["ratings"] == RowCounts(read=1, good=1, quarantined=0)


def test_dat_files_with_latin_1_titles(spark, tmp_path):
    (tmp_path / "ratings.dat").write_text(f"1::1::5::{T}\n1::2::4::{T}\n")
    (tmp_path / "movies.dat").write_bytes(
        "1::Misérables, Les (1995)::Drama|Musical\n".encode("latin-1") + "2::Amélie::Comedy\n".encode()
    )
    report = clean_ratings.run(spark, arguments(tmp_path, "dat", format="dat"))
    assert report.sources["ratings"] == RowCounts(read=2, good=2, quarantined=0)
    movies = spark.read.parquet(report.tables[1].uri).collect()
    assert movies == [(1, "Misérables, Les (1995)", ["Drama", "Musical"]), (2, "Amélie", ["Comedy"])]


def test_the_fingerprint_ignores_order_and_sees_values(spark, dirty):
    def fingerprint(lines):
        (dirty / "ratings.csv").write_text("\n".join(["userId,movieId,rating,timestamp", *lines]))
        return clean_ratings.run(spark, arguments(dirty, "order", max_bad_ratio=0.6)).fingerprint

    rows = [f"1,1,4.0,{T}", f"2,2,3.0,{T}"]
    assert fingerprint(rows) == fingerprint(rows[::-1]) != fingerprint([rows[0], f"2,2,3.5,{T}"])


def test_arguments_arrive_as_glue_passes_them():
    args = arguments("s3://raw", "glue")
    pairs = [each for pair in args.to_glue().items() for each in pair]
    assert (
        CleanRatingsArgs.from_argv(["--job-bookmark-option", "job-bookmark-disable", *pairs, "--JOB_NAME", "x"]) == args
    )


@pytest.mark.skipif("PENSTOCK_DATA" not in os.environ, reason="PENSTOCK_DATA names no folder with ml-latest-small")
def test_movielens_latest_small(spark):
    folder = Path(os.environ["PENSTOCK_DATA"]) / "ml-latest-small"
    report = clean_ratings.run(spark, arguments(folder, "small"))
    assert report.sources == {
        "ratings": RowCounts(read=100_836, good=100_836, quarantined=0, superseded=0),
        "movies": RowCounts(read=9_742, good=9_742, quarantined=0, superseded=0),
    }
    assert (report.users, report.items) == (610, 9_724)
    assert report.quarantined_by_reason == {}
