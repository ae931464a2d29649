"""A DAG run that Airflow knows: nothing of a request becomes an S3 key before it was found here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.models.dagrun import DagRun
from airflow.models.xcom import XComModel
from sqlalchemy import select

from penstock.layout import Run, run_key
from penstock_ui.links import DRIVER_LOG
from penstock_ui.problem import Problem

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from penstock.deployment import Deployment


def find_run(session: Session, dag_id: str, run_id: str) -> DagRun:
    """Raises Problem if Airflow has no such run."""
    found: DagRun | None = session.scalar(select(DagRun).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id))
    if found is None:
        raise Problem(
            404,
            f"Airflow knows no run {run_id} of {dag_id}",
            "It may have been deleted. Choose a run from the list of the DAG's runs.",
        )
    return found


def outputs(deployment: Deployment, run: DagRun) -> Run:
    """Where the outputs of a run lie."""
    return deployment.layout.run(run.dag_id, run_key(run.run_id))


def no_report(run: DagRun, what: str) -> Problem:
    """Why there is none, and when it comes."""
    state = str(run.state)
    if state in {"queued", "running"}:
        return Problem(
            404,
            f"There is no {what} of this run yet: the run is {state}",
            "It is written when all of the run's work is over, whether that went well or not. Open this page again "
            "then.",
        )
    return Problem(
        404,
        f"There is no {what} of this run, which has ended: {state}",
        f"Workflows of Penstock write one with their last task. If {run.dag_id} is one, the log of its failed tasks "
        "says why it is missing; clear them, and the report is written at the end.",
    )


def driver_log_place(session: Session, run: DagRun, task_id: str, map_index: int) -> str:
    """Where a task's job logs, as its operator has told; raises Problem if it has not."""
    query = XComModel.get_many(
        run_id=run.run_id, dag_ids=run.dag_id, task_ids=task_id, map_indexes=map_index, key=DRIVER_LOG
    )
    found: Any = session.scalars(query).first()
    if found is None:
        raise Problem(
            404,
            f"No job of {task_id} is known in this run",
            "The task has not started one yet, or never: its own log says what it did.",
        )
    return str(XComModel.deserialize_value(found))
