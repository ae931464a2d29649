import json
from pathlib import Path

import pytest

from tools.demo.report import gantt, load
from tools.errors import ToolError


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


def test_no_summary_yet_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"no demo has ended yet\. Run one with: make demo"):
        load(tmp_path / "demo-summary.json")


def test_a_failed_demo_has_no_summary(tmp_path: Path) -> None:
    path = tmp_path / "demo-summary.json"
    path.write_text(json.dumps({"state": "failed"}))
    with pytest.raises(ToolError, match="The last demo ended as failed"):
        load(path)
