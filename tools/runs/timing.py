"""Where the time of a run went, as JSON-shaped data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tools.runs.aws_work import busy_seconds
from tools.runs.view import started_after, took_seconds

if TYPE_CHECKING:
    from tools.runs.clock import Clock
    from tools.runs.follow import FinishedRun


def describe_run(run: FinishedRun, clock: Clock) -> dict[str, Any]:
    """State and times of a run, whether it succeeded or not."""
    return {
        "state": run.state,
        "dag_id": run.dag_id,
        "run_id": run.run_id,
        "began": run.began.isoformat(),
        "ended": run.ended.isoformat(),
        "timing": _timing(run, clock),
        "tasks": [_task(each, run) for each in run.tasks],
        "work": [
            {"service": each.service, "name": each.name, "state": each.state, "seconds": _length(each)}
            for each in run.work
        ],
    }


def _timing(run: FinishedRun, clock: Clock) -> dict[str, float | None]:
    """Seconds: of the run (`wall`), of it with AWS's work and without, of the stack's start, of the whole command."""
    wall = (run.ended - run.began).total_seconds()
    busy = busy_seconds(run.work, run.began, run.ended)
    return {
        "wall_seconds": round(wall, 2),
        "aws_seconds": round(busy, 2),
        "orchestration_seconds": round(wall - busy, 2),
        "orchestration_share": round((wall - busy) / wall, 4) if wall else None,
        "stack_seconds": round(clock.stack_seconds, 2),
        "total_seconds": round(clock.total_seconds, 2),
    }


def _task(task: dict[str, Any], run: FinishedRun) -> dict[str, Any]:
    return {
        "task_id": task["task_id"],
        "state": task["state"],
        "after_seconds": _rounded(started_after(task, run.began)),
        "seconds": _rounded(took_seconds(task)),
    }


def _length(work: Any) -> float | None:
    return _rounded((work.ended - work.began).total_seconds()) if work.began and work.ended else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
