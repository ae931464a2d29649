import json

import pytest

from spark_jobs.predicting.outcome import Failure
from spark_jobs.predicting.records import BLANK, parse_csv, parse_json, typed
from spark_jobs.predicting.schemas import columns_of, required_of, schema_of


def test_json_lines():
    lines = [b'{"a": 1}', b"", b"  \r", b"5", b"{", b'"\xff"', b'{"a": NaN}\r']
    found = parse_json(lines, json.loads)
    assert found[:2] == [{"a": 1}, BLANK]
    assert found[2:4] == [BLANK, 5]
    assert [each.error_type for each in found[4:6]] == ["JSONDecodeError", "UnicodeDecodeError"]
    assert found[6]["a"] != found[6]["a"]  # NaN, as Python's json takes it


def test_csv_fields_in_the_models_types():
    types = {"x": "double", "n": "bigint", "ok": "boolean", "name": "string"}
    found = parse_csv(b'5,7,TRUE,"a, ""b""",left\r', ["x", "n", "ok", "name", "more"], types)
    assert found.record == {"x": 5.0, "n": 7, "ok": True, "name": 'a, "b"', "more": "left"}
    assert found.shown == {"x": "5", "n": "7", "ok": "TRUE", "name": 'a, "b"', "more": "left"}


@pytest.mark.parametrize(
    ("line", "failure"),
    [
        (b"1,2,3", Failure("CsvError", "the line has 3 fields, the file's header has 2")),
        (b"1", Failure("CsvError", "the line has 1 fields, the file's header has 2")),
        (b'1,"2', Failure("Error", "unexpected end of data")),
        (b"1.5,x", Failure("ValueError", "n: expected a integer, got '1.5'")),
        (b"inf,x", Failure("ValueError", "n: expected a integer, got 'inf'")),
    ],
)
def test_csv_that_is_no_record(line, failure):
    assert parse_csv(line, ["n", "text"], {"n": "bigint"}).record == failure


def test_empty_fields_are_nothing_but_for_text():
    assert typed({"x": "", "name": ""}, {"x": "double", "name": "string"}) == {"x": None, "name": ""}


def test_numbers_are_finite():
    assert typed({"x": "nan"}, {"x": "double"}) == Failure("ValueError", "x: expected a finite number, got 'nan'")


def test_columns_of_a_schema_and_back():
    columns = {"x": "double", "n": "bigint", "name": "string", "ok": "boolean"}
    assert columns_of(schema_of(columns)) == columns
    assert required_of(schema_of(columns)) == list(columns)
    assert (columns_of({}), schema_of({})) == ({}, {})
    assert columns_of({"properties": {"tags": {"type": "array"}}}) == {"tags": "string"}
