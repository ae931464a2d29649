import math

import pytest

from glue_scripts import check_table
from penstock.checks import ChecksReport
from penstock.errors import DataError
from tests.glue_scripts.people import ROOT, arguments, people, write


def test_rows_like_those_of_the_champion_have_not_moved(spark):
    write(spark, "still", people())
    check_table.run(spark, arguments("still"))
    again = {"table_uri": f"{ROOT}/still/table", "reference_uri": f"{ROOT}/still/report.json", "drift_fail": 0.001}
    report = check_table.run(spark, arguments("again", **again))
    assert [(each.column, each.psi) for each in report.drift] == [("age", 0), ("pay", 0), ("sex", 0), ("tall", 0)]
    assert (report.schema_changes, report.warnings, report.failures) == ([], [], [])


@pytest.fixture(scope="module")
def reference(spark):
    write(spark, "reference", people())
    check_table.run(spark, arguments("reference"))
    return f"{ROOT}/reference/report.json"


@pytest.fixture(scope="module")
def moved(spark):
    """Everyone is 50 or older, and there is a new sex, an int pay, no birth and a new column."""
    rows = [(part, age, None if sex is None else "X" if age > 90 else sex) for part, age, _, sex, *_ in people()]
    older = [(part, age, 7, sex, 1.5) for part, age, sex in rows if age >= 50]
    return write(spark, "moved", older, "part string, age int, pay int, sex string, size double")


def test_drift_is_measured_in_the_bins_of_the_champion(spark, moved, reference):
    report = check_table.run(spark, arguments("drift", table_uri=moved, reference_uri=reference))
    drift = {each.column: each for each in report.drift}
    assert [each.column for each in report.drift] == ["pay", "age", "sex"]
    shares = [(69 / 90, 28 / 45), (20 / 90, 8 / 45), (1 / 90, 1 / 45), (0.0001, 8 / 45)]  # M, F, null, X
    assert drift["sex"].psi == pytest.approx(sum((new - old) * math.log(new / old) for old, new in shares), abs=1e-6)
    assert drift["age"].worst_bin == "from 9 to below 19: 10.0% of the rows then, 0.0% now"
    assert drift["pay"].worst_bin == "below 9: 8.9% of the rows then, 100.0% now"
    assert drift["sex"].worst_bin == "any other value: 0.0% of the rows then, 17.8% now"
    assert report.schema_changes == [
        "Column 'tall' (boolean) is gone.",
        "Column 'tags' (array<string>) is gone.",
        "Column 'born' (date) is gone.",
        "Column 'size' (double) is new.",
        "Column 'pay' was double and is int.",
    ]
    assert report.warnings[:5] == report.schema_changes
    assert report.warnings[-1] == (
        f"Column 'sex' is not distributed as when the champion was trained: stability index {drift['sex'].psi:.3f}, "
        "most of it any other value: 0.0% of the rows then, 17.8% now."
    )
    assert report.failures == []


def test_drift_and_schema_fail_the_job_where_they_are_asked_to(spark, bucket, moved, reference):
    strict = {"schema_drift": "fail", "drift_fail": 2.0, "drift_warn": 50.0}
    args = arguments("strict", table_uri=moved, reference_uri=reference, **strict)
    with pytest.raises(DataError) as failure:
        check_table.run(spark, args)
    file = bucket / "check_table/strict/report.json"
    report = ChecksReport.from_json(file.read_text(), str(file))
    assert str(failure.value) == f"{moved}: {' '.join(report.failures)}"
    assert report.failures[:5] == report.schema_changes
    assert [each.split(" is not distributed")[0] for each in report.failures[5:]] == ["Column 'pay'", "Column 'age'"]
    assert report.warnings == []


def test_a_reference_that_cannot_be_read_is_a_warning(spark, bucket, moved):
    def warning(name):
        report = check_table.run(spark, arguments("lost", table_uri=moved, reference_uri=f"{ROOT}/lost/{name}"))
        assert (report.drift, report.schema_changes, report.failures) == ([], [], [])
        (sentence,) = report.warnings
        return sentence

    assert warning("none.json").startswith(
        f"Drift was not measured, because of this: {ROOT}/lost/none.json: nothing can be read there"
    )
    (bucket / "check_table/lost/other.json").write_text('{"kind": "checks_report", "schema_version": 99}')
    assert warning("other.json") == (
        f"Drift was not measured, because of this: {ROOT}/lost/other.json is a document of kind "
        "'checks_report' version 99; "
        "expected 'checks_report' version 1. Was it written by another release?"
    )
