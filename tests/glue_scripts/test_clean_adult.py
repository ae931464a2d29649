import os
from pathlib import Path

import pytest
from pyspark.sql import functions as F

from glue_scripts import clean_adult
from penstock.documents import DataReport, Repeats, RowCounts
from penstock.errors import DataError
from penstock.jobs import CleanAdultArgs
from penstock.tables import ADULT, QUARANTINE

UCI = Path(os.environ.get("PENSTOCK_DATA", "none")) / "adult"
ROOT = "s3://penstock-test/clean_adult"
CLERK = (
    "39, State-gov, 77516, HS-grad, 9, Never-married, Adm-clerical, Unmarried, White, Male, 2174, 0, 40, Cuba, <=50K"
)
WIFE = "52, ?, 287927, HS-grad, 9, Married-civ-spouse, ?, Wife, White, Female, 15024, 0, 40, ?, >50K"
TRAIN = f"{CLERK}\n{WIFE}\n{CLERK}\n{WIFE}, 1\n{WIFE.replace('52', 'fifty')}\n\n"
TEST = f"|1x3 Cross validator\n{CLERK}.\n{WIFE.replace('52', '53')}.\n{CLERK.replace('39', '16')}.\n{CLERK}!\n\n"


def arguments(folder, name, **values):
    return CleanAdultArgs(
        train_uri=f"{folder}/adult.data",
        test_uri=f"{folder}/adult.test",
        clean_uri=f"{ROOT}/{name}/clean",
        quarantine_uri=f"{ROOT}/{name}/quarantine",
        report_uri=f"{ROOT}/{name}/report.json",
        **values,
    )


@pytest.fixture
def dirty(tmp_path):
    (tmp_path / "adult.data").write_text(TRAIN)
    (tmp_path / "adult.test").write_bytes(TEST.replace("\n", "\r\n").encode())
    return tmp_path


def test_every_row_is_good_or_quarantined_with_its_reason(spark, bucket, dirty):
    args = arguments(dirty, "dirty", max_bad_ratio=0.6, code_sha="abc")
    report = clean_adult.run(spark, args)
    assert report.sources == {
        "train": RowCounts(read=6, good=3, quarantined=3),
        "test": RowCounts(read=5, good=2, quarantined=3),
    }
    assert report.quarantined_by_reason == {
        "test: age is not between 17 and 90": 1,
        "test: blank line": 1,
        "test: income is neither <=50K nor >50K": 1,
        "train: age is not an integer": 1,
        "train: blank line": 1,
        "train: not 15 columns": 1,
    }
    assert report.repeats == Repeats(duplicates={"train": 1, "test": 0}, test_rows_in_train=1)
    assert (report.users, report.items, report.features, report.code_sha) == (None, None, None, "abc")
    (table,) = report.tables
    assert (table.name, table.uri, table.rows) == ("adult", f"{ROOT}/dirty/clean/adult", 5)
    adult, quarantine = spark.read.parquet(table.uri), spark.read.parquet(args.quarantine_uri)
    assert [dict(each.dtypes) for each in (adult, quarantine)] == [ADULT, QUARANTINE]
    found = adult.select("part", "age", "workclass", "native_country", "income").collect()
    assert sorted(found, key=str) == [
        ("test", 39, "State-gov", "Cuba", "<=50K"),
        ("test", 53, None, None, ">50K"),
        ("train", 39, "State-gov", "Cuba", "<=50K"),
        ("train", 39, "State-gov", "Cuba", "<=50K"),
        ("train", 52, None, None, ">50K"),
    ]
    assert sorted((row.source, Path(row.file).name, row.line) for row in quarantine.collect()) == [
        ("test", "adult.test", ""),
        ("test", "adult.test", f"{CLERK.replace('39', '16')}."),
        ("test", "adult.test", f"{CLERK}!"),
        ("train", "adult.data", ""),
        ("train", "adult.data", f"{WIFE}, 1"),
        ("train", "adult.data", WIFE.replace("52", "fifty")),
    ]
    file = bucket / "clean_adult/dirty/report.json"
    assert DataReport.from_json(file.read_text(), str(file)) == report
    assert clean_adult.run(spark, args) == report  # a retry replaces everything by the same
    assert spark.read.parquet(table.uri).count() == 5


def test_too_many_bad_rows_fail_after_quarantine_and_report_were_written(spark, bucket, dirty):
    args = arguments(dirty, "bad", max_bad_ratio=0.5)
    with pytest.raises(DataError) as failure:
        clean_adult.run(spark, args)
    assert str(failure.value) == (
        "test: 3 of 5 rows were refused (60.00%), at most 50.00% may be; 1 x age is not between 17 and 90, "
        f"1 x blank line, 1 x income is neither <=50K nor >50K. See the rows in {ROOT}/bad/quarantine"
    )
    assert spark.read.parquet(args.quarantine_uri).count() == 6
    assert (bucket / "clean_adult/bad/report.json").exists()


def test_a_failed_retry_leaves_no_report_of_the_try_before(spark, bucket, dirty):
    args = arguments(dirty, "retried", max_bad_ratio=0.6)
    clean_adult.run(spark, args)
    assert (bucket / "clean_adult/retried/report.json").exists()
    (dirty / "adult.test").unlink()
    with pytest.raises(DataError, match=r"adult\.test: nothing can be read there"):
        clean_adult.run(spark, args)
    assert not (bucket / "clean_adult/retried/report.json").exists()


def test_the_fingerprint_sees_which_part_a_row_is_in(spark, tmp_path):
    def fingerprint(train, test):
        (tmp_path / "adult.data").write_text("\n".join(train))
        (tmp_path / "adult.test").write_text("\n".join(test))
        return clean_adult.run(spark, arguments(tmp_path, "print")).fingerprint

    other = WIFE.replace("52", "53")
    assert fingerprint([CLERK, WIFE], [other]) == fingerprint([WIFE, CLERK], [f"{other}."])
    assert fingerprint([CLERK, WIFE], [other]) != fingerprint([CLERK, other], [WIFE])


def test_arguments_arrive_as_glue_passes_them():
    args = arguments("s3://raw", "glue")
    pairs = [each for pair in args.to_glue().items() for each in pair]
    own = ["--job-bookmark-option", "job-bookmark-disable", "--JOB_NAME", "x"]
    assert CleanAdultArgs.from_argv([*own, *pairs]) == args


@pytest.mark.skipif(not (UCI / "adult.data").exists(), reason="PENSTOCK_DATA names no folder with adult")
def test_uci_adult(spark):
    report = clean_adult.run(spark, arguments(UCI, "uci"))
    assert {name: counts.good for name, counts in report.sources.items()} == {"train": 32_561, "test": 16_281}
    assert set(report.quarantined_by_reason) <= {"train: blank line", "test: blank line"}
    assert report.repeats == Repeats(duplicates={"train": 24, "test": 5}, test_rows_in_train=23)
    adult = spark.read.parquet(report.tables[0].uri)
    labels = adult.groupBy("part", "income").count().collect()
    assert {(row["part"], row["income"]): row["count"] for row in labels} == {
        ("train", "<=50K"): 24_720,
        ("train", ">50K"): 7_841,
        ("test", "<=50K"): 12_435,
        ("test", ">50K"): 3_846,
    }
    unknown = [F.count_if(F.col(name).isNull()).alias(name) for name in ADULT if name != "part"]
    nulls = {row["part"]: row.asDict() for row in adult.groupBy("part").agg(*unknown).collect()}
    assert {part: {name: n for name, n in row.items() if name != "part" and n} for part, row in nulls.items()} == {
        "train": {"workclass": 1_836, "occupation": 1_843, "native_country": 583},
        "test": {"workclass": 963, "occupation": 966, "native_country": 274},
    }
    countries = adult.groupBy("part").agg(F.count_distinct("native_country").alias("known")).collect()
    assert {row["part"]: row["known"] for row in countries} == {"train": 41, "test": 40}
    assert adult.select("native_country").distinct().count() == 42  # with NULL, the unknown one
