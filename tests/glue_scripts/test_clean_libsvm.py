import os
from pathlib import Path

import pytest
from pyspark.ml.linalg import SparseVector, VectorUDT
from pyspark.sql.types import DoubleType, StringType, StructField, StructType

from glue_scripts import clean_libsvm
from penstock.documents import DataReport, Repeats, RowCounts
from penstock.errors import DataError
from penstock.jobs import CleanLibsvmArgs
from penstock.tables import EXAMPLES, QUARANTINE

SHIPPED = Path(os.environ.get("PENSTOCK_DATA", "none")) / "libsvm"
ROOT = "s3://penstock-test/clean_libsvm"
TRAIN = "1 1:0.5 3:2\n0 2:1\n0 2:1\n1 3:1 2:1\n\n"
TEST = "1 1:.5 2:0 3:2.0\n1 2:1\n0 4:1\n1 2:inf\n"
VECTORS = StructType(
    [StructField("label", DoubleType()), StructField("features", VectorUDT()), StructField("part", StringType())]
)


def arguments(folder, name, **values):
    return CleanLibsvmArgs(
        train_uri=f"{folder}/train.libsvm",
        test_uri=f"{folder}/test.libsvm",
        clean_uri=f"{ROOT}/{name}/clean",
        quarantine_uri=f"{ROOT}/{name}/quarantine",
        report_uri=f"{ROOT}/{name}/report.json",
        **values,
    )


@pytest.fixture
def dirty(tmp_path):
    (tmp_path / "train.libsvm").write_text(TRAIN)
    (tmp_path / "test.libsvm").write_bytes(TEST.replace("\n", "\r\n").encode())
    return tmp_path


def vectors(spark, report):
    rows = spark.read.schema(VECTORS).parquet(report.tables[0].uri).collect()
    return sorted(((row.part, row.label, row.features) for row in rows), key=str)


def test_every_row_is_good_or_quarantined_with_its_reason(spark, bucket, dirty):
    args = arguments(dirty, "dirty", max_bad_ratio=0.4, code_sha="abc")
    report = clean_libsvm.run(spark, args)
    assert report.sources == {
        "train": RowCounts(read=5, good=3, quarantined=2),
        "test": RowCounts(read=4, good=3, quarantined=1),
    }
    assert report.quarantined_by_reason == {
        "test: value is not finite": 1,
        "train: blank line": 1,
        "train: indices are not ascending": 1,
    }
    assert report.repeats == Repeats(duplicates={"train": 1, "test": 0}, test_rows_in_train=1)
    assert (report.users, report.items, report.features, report.code_sha) == (None, None, 4, "abc")
    (table,) = report.tables
    assert (table.name, table.uri, table.rows) == ("examples", f"{ROOT}/dirty/clean/examples", 6)
    examples, quarantine = spark.read.parquet(table.uri), spark.read.parquet(args.quarantine_uri)
    assert [dict(each.dtypes) for each in (examples, quarantine)] == [EXAMPLES, QUARANTINE]
    assert vectors(spark, report) == [
        ("test", 0.0, SparseVector(4, {3: 1.0})),
        ("test", 1.0, SparseVector(4, {0: 0.5, 2: 2.0})),
        ("test", 1.0, SparseVector(4, {1: 1.0})),
        ("train", 0.0, SparseVector(4, {1: 1.0})),
        ("train", 0.0, SparseVector(4, {1: 1.0})),
        ("train", 1.0, SparseVector(4, {0: 0.5, 2: 2.0})),
    ]
    found = examples.where("label = 1 AND part = 'test'").collect()
    assert sorted((Path(row.file).name, row.line) for row in found) == [
        ("test.libsvm", "1 1:.5 2:0 3:2.0"),
        ("test.libsvm", "1 2:1"),
    ]
    file = bucket / "clean_libsvm/dirty/report.json"
    assert DataReport.from_json(file.read_text(), str(file)) == report
    assert clean_libsvm.run(spark, args) == report  # a retry replaces everything by the same


@pytest.mark.parametrize(("features", "reasons"), [(7, {}), (3, {"test: index is above 3": 1})])
def test_a_given_number_of_features_holds_for_both_parts(spark, tmp_path, features, reasons):
    (tmp_path / "train.libsvm").write_text("1 1:1\n")
    (tmp_path / "test.libsvm").write_text("0 1:1\n0 4:1\n")
    report = clean_libsvm.run(spark, arguments(tmp_path, "given", features=features, max_bad_ratio=0.5))
    assert (report.features, report.quarantined_by_reason) == (features, reasons)
    assert {vector.size for _, _, vector in vectors(spark, report)} == {features}


def test_folders_of_files_are_read(spark, tmp_path):
    for name, line in {"train.libsvm/a b": "1 1:1", "train.libsvm/c": "0 2:1", "test.libsvm/d": "1 5:1"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(line)
    report = clean_libsvm.run(spark, arguments(tmp_path, "folders"))
    assert {name: counts.good for name, counts in report.sources.items()} == {"train": 2, "test": 1}
    assert report.features == 5


def test_a_wrong_kind_of_file_fails_after_quarantine_and_report_were_written(spark, bucket, tmp_path):
    (tmp_path / "train.libsvm").write_text("1,2,3\n4,5,6\n")
    (tmp_path / "test.libsvm").write_text("1 1:1\n")
    args = arguments(tmp_path, "csv")
    with pytest.raises(DataError) as failure:
        clean_libsvm.run(spark, args)
    assert str(failure.value) == (
        "train: 2 of 2 rows were refused (100.00%), none is good; 2 x label is not a number. "
        f"See the rows in {ROOT}/csv/quarantine"
    )
    assert spark.read.parquet(args.quarantine_uri).count() == 2
    assert (bucket / "clean_libsvm/csv/report.json").exists()


def test_labels_alone_are_not_enough(spark, tmp_path):
    (tmp_path / "train.libsvm").write_text("1\n0\n")
    (tmp_path / "test.libsvm").write_text("1\n")
    with pytest.raises(DataError) as failure:
        clean_libsvm.run(spark, arguments(tmp_path, "labels"))
    assert str(failure.value) == (
        f"{tmp_path}/train.libsvm, {tmp_path}/test.libsvm: no row has an index:value; expected rows like `1 3:0.5 7:2`"
    )


def test_arguments_arrive_as_glue_passes_them():
    args = arguments("s3://raw", "glue", features=692)
    pairs = [each for pair in args.to_glue().items() for each in pair]
    own = ["--job-bookmark-option", "job-bookmark-disable", "--JOB_NAME", "x"]
    assert CleanLibsvmArgs.from_argv([*own, *pairs]) == args


@pytest.mark.skipif(not (SHIPPED / "train.libsvm").exists(), reason="PENSTOCK_DATA names no folder with libsvm")
def test_75_of_80_test_rows_are_in_train(spark):
    report = clean_libsvm.run(spark, arguments(SHIPPED, "shipped"))
    assert report.sources == {name: RowCounts(read=80, good=80, quarantined=0) for name in ("train", "test")}
    assert report.features == 692
    assert report.repeats == Repeats(duplicates={"train": 0, "test": 0}, test_rows_in_train=75)
    for part in ("train", "test"):
        own = [(label, vector) for name, label, vector in vectors(spark, report) if name == part]
        sparks = spark.read.format("libsvm").option("numFeatures", "692").load(str(SHIPPED / f"{part}.libsvm"))
        assert own == sorted(((row.label, row.features) for row in sparks.collect()), key=str)
