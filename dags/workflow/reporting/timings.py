"""How long each task took, asked through the Task SDK."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from penstock.run_report import TaskTiming

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from airflow.sdk.execution_time.comms import PreviousTIResult


def timings(dag_id: str, run_id: str, *, began: datetime | None, logical: datetime | None) -> list[TaskTiming]:
    """The tasks that have ended, in the order in which they began; `logical` is the run's logical date.

    Airflow 3.3 answers `get_task_breadcrumbs` with task_id, map_index, state, operator and duration of the tasks in a
    terminal state. When a task began and how often it was tried is told by its question for the *previous* instance
    of a task, if that is asked for a moment just after this run's logical date.
    """
    from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance  # noqa: PLC0415 - set when the task starts

    found = [
        _timing(each, _instance(dag_id, run_id, each, logical), began)
        for each in RuntimeTaskInstance.get_task_breadcrumbs(dag_id=dag_id, run_id=run_id)
    ]
    return sorted(found, key=lambda each: (each.began is None, each.began or 0.0, each.task_id))


def _instance(
    dag_id: str, run_id: str, crumb: Mapping[str, object], logical: datetime | None
) -> PreviousTIResult | None:
    """The task's instance of this run; None if Airflow answers with another run's, as it may without a logical date."""
    from airflow.sdk.execution_time.comms import GetPreviousTI  # noqa: PLC0415 - as above
    from airflow.sdk.execution_time.task_runner import SUPERVISOR_COMMS  # noqa: PLC0415

    question = GetPreviousTI(
        dag_id=dag_id,
        task_id=str(crumb["task_id"]),
        logical_date=logical and logical + timedelta(microseconds=1),
        map_index=cast("int", crumb["map_index"]),
    )
    answer = cast("PreviousTIResult", SUPERVISOR_COMMS.send(question))
    return answer if answer.task_instance and answer.task_instance.run_id == run_id else None


def _timing(crumb: Mapping[str, object], answer: PreviousTIResult | None, began: datetime | None) -> TaskTiming:
    index, duration = cast("int", crumb["map_index"]), cast("float | None", crumb["duration"])
    name = str(crumb["task_id"]) if index < 0 else f"{crumb['task_id']}[{index}]"
    instance = answer.task_instance if answer else None
    start = None
    if instance and instance.start_date and began:
        start = max(0.0, (instance.start_date - began).total_seconds())
    ran = duration is not None and duration > 0
    return TaskTiming(
        task_id=name,
        state=str(crumb["state"]),
        seconds=duration if ran else None,
        began=start if ran else None,
        tries=instance.try_number if instance and ran else None,
    )
