from datetime import UTC, datetime, timedelta

from tools.runs.aws_work import Work
from tools.runs.clock import Clock
from tools.runs.follow import FinishedRun
from tools.runs.timing import describe_run

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_run_is_told_with_its_times() -> None:
    task = {
        "task_id": "clean",
        "state": "failed",
        "start_date": (BEGAN + timedelta(seconds=2)).isoformat(),
        "end_date": (BEGAN + timedelta(seconds=5)).isoformat(),
    }
    work = Work(
        service="Glue",
        name="job",
        state="FAILED",
        began=BEGAN + timedelta(seconds=3),
        ended=BEGAN + timedelta(seconds=5),
    )
    run = FinishedRun(
        dag_id="dag",
        run_id="run",
        state="failed",
        began=BEGAN,
        ended=BEGAN + timedelta(seconds=8),
        tasks=[task],
        work=[work],
    )
    clock = Clock(stack_seconds=20.004)
    clock.began -= 30
    found = describe_run(run, clock)
    assert 30 <= found["timing"].pop("total_seconds") < 31
    assert found["timing"] == {
        "wall_seconds": 8,
        "aws_seconds": 2,
        "orchestration_seconds": 6,
        "orchestration_share": 0.75,
        "stack_seconds": 20,
    }
    assert found["tasks"] == [{"task_id": "clean", "state": "failed", "after_seconds": 2, "seconds": 3}]
    assert found["work"] == [{"service": "Glue", "name": "job", "state": "FAILED", "seconds": 2}]
