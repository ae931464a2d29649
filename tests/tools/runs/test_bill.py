from tools.runs.bill import gantt


def bar(after: float | None, took: float | None, state: str = "success") -> str:
    return gantt({"after_seconds": after, "seconds": took, "state": state}, 64.0)


def test_a_bar_shows_when_a_task_ran() -> None:
    assert bar(0, 64) == "━" * 32
    assert bar(32, 16) == " " * 16 + "━" * 8


def test_a_short_task_is_still_seen() -> None:
    assert bar(10, 0.1) == " " * 5 + "━"
    assert bar(64, 0.1) == " " * 31 + "━"


def test_a_task_that_did_not_run_has_no_bar() -> None:
    assert bar(None, None) == ""
    assert bar(3, 1, "skipped") == ""
