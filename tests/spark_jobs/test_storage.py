import tempfile

import pytest

from penstock.documents import Column, Table
from penstock.errors import DataError
from penstock.scoring import ScoreReport
from penstock.tables import RATINGS
from spark_jobs.storage import (
    checkpoints,
    discard_document,
    read_table,
    read_text,
    size_of,
    write_document,
    write_table,
    write_text,
)

S3 = "s3://penstock-test/storage"
REPORT = ScoreReport(
    model_uri="s3://penstock-test/modèle",
    table=Table(name="scores", uri=S3, columns=[Column(name="user_id", type="int")], rows=1),
    k=10,
    seen_items="exclude",
    users=1,
    users_with_fewer=0,
    users_without_scores=0,
    items_without_factors=0,
    seconds=1.5,
    code_sha="abc",
)


def test_a_document_is_one_utf8_file_at_exactly_its_key(spark, bucket):
    write_document(spark, REPORT, f"{S3}/report/scores.json")
    file = bucket / "storage/report/scores.json"
    assert ScoreReport.from_json(file.read_text(encoding="utf-8"), str(file)) == REPORT
    write_document(spark, REPORT, f"{S3}/report/scores.json")
    assert [each.name for each in file.parent.iterdir() if each.suffix == ".json"] == ["scores.json"]


def test_a_discarded_document_is_gone_and_none_need_be_there(spark, bucket):
    uri = f"{S3}/discarded/scores.json"
    write_document(spark, REPORT, uri)
    discard_document(spark, uri)
    assert not (bucket / "storage/discarded/scores.json").exists()
    discard_document(spark, uri)


def test_each_job_has_checkpoints_of_its_own_and_leaves_none(spark, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folders = set()
    for _ in range(2):
        with checkpoints(spark):
            spark.range(3).checkpoint()
            (folder,) = tmp_path.iterdir()
            folders.add(folder.name)
            assert [each.name for each in folder.rglob("part-*")] == ["part-00000"]
        assert list(tmp_path.iterdir()) == []
        assert spark.sparkContext.getCheckpointDir() is None
    assert len(folders) == 2


def test_a_table_is_replaced_and_has_the_columns_of_its_schema(spark):
    rows = spark.createDataFrame(
        [(964982703, 4.0, 3, 1, "x")], "rated_at int, rating double, item_id int, user_id int, z string"
    )
    write_table(rows.union(rows), f"{S3}/ratings", RATINGS)
    write_table(rows, f"{S3}/ratings", RATINGS)
    table = read_table(spark, f"{S3}/ratings", RATINGS)
    assert dict(table.dtypes) == RATINGS
    assert table.collect() == [(1, 3, 4.0, 964982703)]
    assert size_of(spark, f"{S3}/ratings") > 0


def test_a_missing_table_is_named(spark):
    with pytest.raises(
        DataError, match=r"^s3://penstock-test/none: no Parquet table can be read there \(.*PATH_NOT_FOUND"
    ):
        read_table(spark, "s3://penstock-test/none", RATINGS)
    with pytest.raises(DataError, match=r"^s3://penstock-test/none: nothing can be read there \(java.io.FileNotFound"):
        size_of(spark, "s3://penstock-test/none")


def test_a_missing_column_is_named_with_what_was_found_and_expected(spark):
    spark.createDataFrame([(1, 2)], "user_id int, movie int").write.mode("overwrite").parquet(f"{S3}/narrow")
    with pytest.raises(DataError) as failure:
        read_table(spark, f"{S3}/narrow", RATINGS)
    assert str(failure.value) == (
        "s3://penstock-test/storage/narrow: missing column item_id, rating, rated_at; "
        "found user_id, movie; expected user_id, item_id, rating, rated_at"
    )


def test_text_is_read_as_it_was_written(spark):
    write_text(spark, "modèle\r\n✓\n", f"{S3}/a b.txt")
    assert read_text(spark, f"{S3}/a b.txt") == "modèle\r\n✓\n"
    with pytest.raises(DataError, match=r"^s3://penstock-test/none: nothing can be read there \(java.io.FileNotFound"):
        read_text(spark, "s3://penstock-test/none")
