"""Documents are strict: what is not understood is refused with the place and the reason."""

import json
import math
from dataclasses import replace

import pytest

from penstock.documents import Check, DataReport, Evaluation, HeldOut, Repeats, RowCounts, Table, Verdict
from penstock.errors import DocumentError
from penstock.tables import RATINGS, columns, ddl

REPORT = DataReport(
    sources={"ratings": RowCounts(read=10, good=7, quarantined=2, superseded=1)},
    quarantined_by_reason={"rating out of range": 2},
    tables=[Table(name="ratings", uri="s3://b/clean/ratings", columns=columns(RATINGS), rows=7)],
    quarantine_uri="s3://b/quarantine",
    users=3,
    items=4,
    fingerprint="00ff",
    code_sha="abc",
)
EVALUATION = Evaluation(
    objective="ranking",
    model_uri="s3://b/m",
    split="random",
    k=10,
    relevance_threshold=0.0,
    held_out=HeldOut(rows=5, cold_start_rows=1, users=2, fingerprint="1"),
    challenger={"ndcg_at_k": 0.35, "rmse": math.nan},
    champion=None,
    champion_model_uri="",
    baselines={"popularity": {"ndcg_at_k": 0.18}},
    fit_for=["ranking"],
    seconds=1.5,
    code_sha="abc",
)


def test_round_trip_of_nested_documents() -> None:
    assert DataReport.from_json(REPORT.to_json(), "s3://b/data.json") == REPORT


def test_a_data_report_carries_what_its_kind_of_data_has() -> None:
    repeats = Repeats(duplicates={"train": 24, "test": 5}, test_rows_in_train=23)
    report = replace(REPORT, users=None, items=None, features=692, repeats=repeats)
    assert DataReport.from_json(report.to_json(), "s3://b/data.json") == report


def test_a_data_report_of_before_these_fields_is_read() -> None:
    data = json.loads(REPORT.to_json())
    del data["features"], data["repeats"]
    assert DataReport.from_json(json.dumps(data), "s3://b/data.json") == REPORT


def test_a_verdict_round_trips_with_its_checks() -> None:
    verdict = Verdict(mode="enabled", approved=False, promote=False, checks=[Check(passed=False, sentence="worse")])
    assert Verdict.from_json(verdict.to_json(), "s3://b/verdict.json") == verdict


def test_kind_and_version_travel_with_the_fields() -> None:
    data = json.loads(REPORT.to_json())
    assert (data["kind"], data["schema_version"], data["users"]) == ("data_report", 1, 3)


def test_what_json_cannot_carry_becomes_null() -> None:
    assert '"rmse": null' in EVALUATION.to_json()
    assert Evaluation.from_json(EVALUATION.to_json(), "x").challenger == {"ndcg_at_k": 0.35, "rmse": None}


def test_whole_numbers_are_read_where_floats_are_expected() -> None:
    text = EVALUATION.to_json().replace('"seconds": 1.5', '"seconds": 2')
    assert Evaluation.from_json(text, "x").seconds == 2.0


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"read": 10', '"raed": 10', "s3://b/x: sources.ratings.raed: unknown key; did you mean 'read'?"),
        ('"read": 10,', "", "s3://b/x: sources.ratings.read: missing"),
        ('"read": 10', '"read": "10"', 's3://b/x: sources.ratings.read: expected int, got str "10"'),
        ('"read": 10', '"read": true', "s3://b/x: sources.ratings.read: expected int, got bool true"),
        ('"name": "user_id"', '"name": null', "s3://b/x: tables[0].columns[0].name: expected str, got NoneType null"),
        (
            '"data_report"',
            '"verdict"',
            (
                "s3://b/x is a document of kind 'verdict' version 1; expected 'data_report' version 1. "
                "Was it written by another release?"
            ),
        ),
        (
            '"schema_version": 1',
            '"schema_version": 2',
            (
                "s3://b/x is a document of kind 'data_report' version 2; expected 'data_report' version 1. "
                "Was it written by another release?"
            ),
        ),
    ],
)
def test_a_damaged_document_is_refused_with_the_key_path(old: str, new: str, message: str) -> None:
    text = REPORT.to_json()
    assert old in text
    with pytest.raises(DocumentError) as caught:
        DataReport.from_json(text.replace(old, new, 1), "s3://b/x")
    assert str(caught.value) == message


def test_a_number_beyond_all_floats_is_refused() -> None:
    text = EVALUATION.to_json().replace('"seconds": 1.5', f'"seconds": {10**400}')
    with pytest.raises(DocumentError) as caught:
        Evaluation.from_json(text, "x")
    said = "x: seconds: expected float, got an integer beyond its range: 10000000000000000000..."
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("tables", "x", 's3://b/x: tables: expected list, got str "x"'),
        ("sources", [1], "s3://b/x: sources: expected dict, got list [1]"),
        ("tables", [1], "s3://b/x: tables[0]: expected an object, got int 1"),
    ],
)
def test_a_container_of_the_wrong_kind_is_refused(key: str, value: object, message: str) -> None:
    data = {**json.loads(REPORT.to_json()), key: value}
    with pytest.raises(DocumentError) as caught:
        DataReport.from_json(json.dumps(data), "s3://b/x")
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["", "{", "[1]", '"x"', "null"])
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(DocumentError, match=r"^s3://b/x is "):
        DataReport.from_json(text, "s3://b/x")


@pytest.mark.parametrize(
    ("counts", "balanced"),
    [
        (RowCounts(read=0, good=0, quarantined=0), True),
        (RowCounts(read=10, good=7, quarantined=2, superseded=1), True),
        (RowCounts(read=10, good=7, quarantined=2), False),
        (RowCounts(read=9, good=7, quarantined=2, superseded=1), False),
    ],
)
def test_row_counts_balance(counts: RowCounts, *, balanced: bool) -> None:
    assert counts.balanced is balanced


def test_schemas_as_ddl() -> None:
    assert ddl(RATINGS) == "user_id int, item_id int, rating float, rated_at bigint"
