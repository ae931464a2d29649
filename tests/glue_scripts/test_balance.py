import pytest

from glue_scripts.balance import check_balance, check_quality
from penstock.documents import DataReport, RowCounts
from penstock.errors import DataError


def report(ratings, movies=None, reasons=None):
    return DataReport(
        sources={"ratings": ratings, "movies": movies or RowCounts(read=5, good=5, quarantined=0)},
        quarantined_by_reason=reasons or {},
        tables=[],
        quarantine_uri="s3://b/quarantine",
        users=1,
        items=1,
        fingerprint="0",
        code_sha="",
    )


def test_a_lost_row_fails_the_job():
    check_balance({"ratings": RowCounts(read=10, good=7, quarantined=2, superseded=1)})
    with pytest.raises(DataError) as failure:
        check_balance({"ratings": RowCounts(read=1_000, good=700, quarantined=200, superseded=99)})
    assert str(failure.value) == (
        "ratings: 1,000 rows were read, but 700 good + 200 refused + 99 superseded are 999. "
        "Did the input change while it was read?"
    )


def test_the_ratio_may_be_reached_but_not_passed():
    check_quality(report(RowCounts(read=20, good=19, quarantined=1)), 0.05)
    reasons = {
        "ratings: not 4 columns": 1,
        "ratings: blank line": 3,
        "ratings: rating is not a number": 2,
        "ratings: repeated header": 1,
        "movies: blank line": 9,
    }
    with pytest.raises(DataError) as failure:
        check_quality(report(RowCounts(read=20, good=13, quarantined=7), reasons=reasons), 0.05)
    assert str(failure.value) == (
        "ratings: 7 of 20 rows were refused (35.00%), at most 5.00% may be; "
        "3 x blank line, 2 x rating is not a number, 1 x not 4 columns. See the rows in s3://b/quarantine"
    )


def test_each_source_is_judged_by_itself():
    movies = RowCounts(read=2, good=1, quarantined=1)
    with pytest.raises(DataError, match=r"^movies: 1 of 2 rows were refused \(50.00%\)"):
        check_quality(report(RowCounts(read=1_000, good=1_000, quarantined=0), movies), 0.05)


def test_no_good_row_fails_whatever_the_ratio():
    with pytest.raises(DataError) as failure:
        check_quality(report(RowCounts(read=0, good=0, quarantined=0)), 1.0)
    assert str(failure.value) == (
        "ratings: 0 of 0 rows were refused (0.00%), none is good; there is no row. See the rows in s3://b/quarantine"
    )
