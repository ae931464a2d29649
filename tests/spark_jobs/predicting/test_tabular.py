import gzip
import json

import pytest

from penstock.errors import DataError
from spark_jobs import predict
from spark_jobs.predicting.outcome import Failure
from spark_jobs.predicting.render import fast_dumps
from spark_jobs.predicting.tabular import number_of, text_of
from tests.spark_jobs.predicting.conftest import case
from tests.spark_jobs.predicting.zoo import interface, plain

__all__ = ["case"]
BATCHING, LENGTH = interface("Batching"), plain("Length", inputs={"text": "string"}, output="bigint")


def table(case):
    """(file, line, key, prediction, number, error type), by file and line."""
    rows = case.spark.read.parquet(f"{case.uri}/table").drop("group").orderBy("input_file", "input_line").collect()
    return [(row.input_file.removeprefix(f"{case.uri}/in/"), *row[1:]) for row in rows]


def args(case, entry, **values):
    return case.args(entry, table_uri=f"{case.uri}/table", **values)


@pytest.mark.parametrize("output_format", ["classic", "parquet"])
def test_every_record_has_a_row_whatever_the_format(case, output_format):
    case.put("a.json", '{"value": 1, "id": "x"}\n\n{"value": 2, "id": 7}\n{broken\n{"value": null, "id": {"n": 1}}')
    case.put("b.json.gz", gzip.compress(b'{"value": 3}\n'))
    report = predict.run(case.spark, args(case, BATCHING, output_format=output_format, key="id", group_bytes=1))
    assert (report.records, report.predicted, report.quarantined) == (5, 3, 2)
    doubled = [json.loads(text)["doubled"] if text else None for _, _, _, text, _, _ in table(case)]
    assert doubled == [2, 4, None, None, 6]
    assert [(*row[:3], *row[4:]) for row in table(case)] == [
        ("a.json", 1, "x", None, None),
        ("a.json", 3, "7", None, None),
        ("a.json", 4, None, None, "JSONDecodeError"),
        ("a.json", 5, '{"n": 1}', None, "TypeError"),
        ("b.json.gz", 1, None, None, None),
    ]


def test_lines_are_counted_through_splits_and_numbers_are_numbers(case):
    """A file's lines in its table are those of an editor, however Spark has cut it."""
    name = "spark.sql.files.maxPartitionBytes"
    before = case.spark.conf.get(name)
    case.spark.conf.set(name, "200")
    try:
        case.put("a.csv", "id,text\n" + "".join(f"n{at},{'x' * (at % 5)}\n" for at in range(2, 72)))
        predict.run(case.spark, args(case, LENGTH, input_format="csv", key="id", batch_rows=3))
    finally:
        case.spark.conf.set(name, before)
    assert table(case) == [("a.csv", at, f"n{at}", str(at % 5), at % 5, None) for at in range(2, 72)]


def test_rows_of_parquet_have_their_number_and_key(case):
    rows = case.spark.createDataFrame([(10, "ab"), (20, None)], "id bigint, text string")
    rows.coalesce(1).write.mode("overwrite").parquet(f"{case.uri}/in/t")
    predict.run(case.spark, args(case, LENGTH, input_format="parquet", key="id"))
    assert [row[1:] for row in table(case)] == [(1, "10", "2", 2.0, None), (2, "20", None, None, "TypeError")]


def test_a_key_that_a_file_does_not_have_fails_before_the_first_row(case):
    case.put("a.csv", "text\nab\n")
    with pytest.raises(DataError) as failure:
        predict.run(case.spark, args(case, LENGTH, input_format="csv", key="id"))
    assert str(failure.value) == f"{case.uri}/in/a.csv: missing column id; found text; the key is id"


def test_without_a_table_there_is_none_and_asking_for_one_makes_the_groups_anew(case):
    case.put("a.json", '{"value": 1}\n')
    predict.run(case.spark, case.args(BATCHING))
    assert not (case.folder / "table").exists()
    assert predict.run(case.spark, args(case, BATCHING)).files_skipped == 0
    assert predict.run(case.spark, args(case, BATCHING)).files_skipped == 1
    assert predict.run(case.spark, args(case, BATCHING, key="value")).files_skipped == 0
    assert [row[2] for row in table(case)] == ["1"]


@pytest.mark.parametrize(
    ("value", "text", "number"),
    [
        ("setosa", "setosa", None),
        ("", "", None),
        ("1", "1", None),
        (1, "1", 1.0),
        (0.1, "0.1", 0.1),
        (True, "true", None),
        (2**70, "1180591620717411303424", 2.0**70),
        (10**400, "1" + "0" * 400, None),
        ("a\0b\ud800", "a\N{REPLACEMENT CHARACTER}b?", None),
        (Failure("KeyError", "x"), None, None),
        (None, None, None),
    ],
)
def test_values_as_text_and_number(value, text, number):
    found = None if isinstance(value, Failure) else text_of(value, fast_dumps())
    assert (found, number_of(value)) == (text, number)
