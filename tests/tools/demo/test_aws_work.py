from datetime import UTC, datetime, timedelta

from tools.demo.aws_work import Work, busy_seconds

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def moment(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def work(began: float | None, ended: float | None) -> Work:
    return Work(
        service="EMR",
        name="train",
        state="RUNNING",
        began=None if began is None else moment(began),
        ended=None if ended is None else moment(ended),
    )


def busy(*pieces: Work) -> float:
    return busy_seconds(pieces, BEGAN, moment(100))


def test_no_work_is_no_time() -> None:
    assert busy() == 0
    assert busy(work(None, None)) == 0


def test_side_by_side_counts_once() -> None:
    assert busy(work(10, 30), work(20, 40)) == 30
    assert busy(work(10, 40), work(20, 30)) == 30
    assert busy(work(20, 30), work(10, 40)) == 30


def test_gaps_do_not_count() -> None:
    assert busy(work(10, 20), work(30, 40)) == 20


def test_only_the_time_of_the_run_counts() -> None:
    assert busy(work(-10, 10), work(90, None), work(120, 130)) == 20
