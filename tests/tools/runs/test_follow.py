from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tools.console import console
from tools.runs.aws_work import Work
from tools.runs.follow import _explain_work
from tools.settings import Settings

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
FAILED = Work(service="Glue", name="clean", state="FAILED", began=MOMENT, ended=MOMENT, reason="no rows in [/raw]")


def test_attempts_that_failed_alike_are_explained_once_by_the_last(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "width", 200)
    attempts = [replace(FAILED, log="s3://b/first.gz"), replace(FAILED, log="s3://b/second.gz")]
    other = replace(FAILED, reason="out of memory")
    with console.capture() as captured:
        _explain_work([*attempts, other, replace(FAILED, reason="")], settings)
    assert captured.get().split("\n") == [
        "",
        "Glue clean failed: no rows in [/raw]",
        f"  its driver's log: {settings.home}/aws/s3/b/second.gz",
        "",
        "Glue clean failed: out of memory",
        "",
    ]
