"""What the report calls a run of which it is itself a part."""

from dataclasses import dataclass

import pytest

from penstock.run_report import TaskTiming
from workflow.reporting.task import state_of


@dataclass(frozen=True)
class Task:
    task_id: str
    is_teardown: bool = False
    on_failure_fail_dagrun: bool = False


KNOWN = [
    Task("train"),
    Task("terminate", is_teardown=True),
    Task("cost", is_teardown=True, on_failure_fail_dagrun=True),
    Task("write_report", is_teardown=True),
]


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ({"train": "success", "terminate": "success", "cost": "success"}, "success"),
        ({"train[0]": "success", "train[1]": "success", "terminate": "success", "cost": "skipped"}, "success"),
        ({"train": "upstream_failed", "terminate": "success", "cost": "success"}, "failed"),
        ({"train": "success", "terminate": "failed", "cost": "success"}, "success"),
        ({"train": "success", "terminate": "success", "cost": "failed"}, "failed"),
        ({"train": "success"}, "running"),
        ({"train": "failed"}, "failed"),
        ({}, "running"),
    ],
)
def test_state(states: dict[str, str], state: str) -> None:
    ended = [TaskTiming(task_id=name, state=each, seconds=None) for name, each in states.items()]
    assert state_of(KNOWN, ended, this="write_report") == state
