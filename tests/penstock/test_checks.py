"""Expectations and columns as they arrive in arguments: the place of a mistake is named."""

from __future__ import annotations

import json

import pytest

from penstock.checks import Action, ChecksReport, Drift, Expectation, Outcome, parse_columns, parse_expectations
from penstock.codec import CodecError
from penstock.documents import Column, Table

ADULT = {"name": "adult", "expression": "age >= 18", "action": "quarantine"}


def test_no_expectations_and_no_columns() -> None:
    assert parse_expectations("[]") == []
    assert parse_columns("[]") == []


def test_an_expectation_warns_unless_it_says_otherwise() -> None:
    plain = {"name": "paid", "expression": "pay > 0"}
    assert parse_expectations(json.dumps([ADULT, plain])) == [
        Expectation(name="adult", expression="age >= 18", action=Action.QUARANTINE.value),
        Expectation(name="paid", expression="pay > 0", action="warn"),
    ]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "expectations: expected a list, got {}"),
        ([{**ADULT, "expresion": "x"}], "expectations[0].expresion: unknown key; did you mean 'expression'?"),
        ([{"name": "adult"}], "expectations[0].expression: missing"),
        ([ADULT, {**ADULT, "name": 3}], "expectations[1].name: expected str, got int 3"),
        (
            [{**ADULT, "action": "drop"}],
            "expectations[0].action: got 'drop'; expected warn, quarantine, fail",
        ),
        ([ADULT, ADULT], "expectations[1].name: 'adult' for the second time"),
    ],
)
def test_a_wrong_expectation_is_named_with_its_place(given: object, message: str) -> None:
    with pytest.raises(CodecError) as caught:
        parse_expectations(json.dumps(given))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"a": 1}, 'columns: expected a list, got {"a": 1}'),
        (["age", 3], "columns[1]: expected a column's name, got 3"),
        (["age", "sex", "age"], "columns[2]: 'age' for the second time"),
    ],
)
def test_wrong_columns_are_named_with_their_place(given: object, message: str) -> None:
    with pytest.raises(CodecError) as caught:
        parse_columns(json.dumps(given))
    assert str(caught.value) == message


def test_what_is_not_json_is_refused() -> None:
    with pytest.raises(CodecError, match=r"^expectations: is not JSON: "):
        parse_expectations("[")
    with pytest.raises(CodecError, match=r"^columns: is not JSON: "):
        parse_columns("age")


def test_a_report_round_trips() -> None:
    report = ChecksReport(
        table=Table(name="adult", uri="s3://b/checked/adult", columns=[Column(name="age", type="int")], rows=9),
        read=10,
        quarantined=1,
        quarantine_uri="s3://b/checked/quarantine",
        outcomes=[Outcome(name="adult", expression="age >= 18", action="quarantine", violations=1)],
        profile=[],
        reference_uri="",
        schema_changes=[],
        drift=[Drift(column="age", psi=0.3, worst_bin="below 20: 10.0% of the rows then, 25.0% now")],
        warnings=[],
        failures=[],
        seconds=1.5,
        code_sha="abc",
    )
    assert ChecksReport.from_json(report.to_json(), "s3://b/checks.json") == report
