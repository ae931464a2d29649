"""The job runs of Glue and EMR Serverless, as the page shows them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from local_aws.status.rows import MOST_ROWS, Row, existing_logs


def glue_rows(backends: Iterable[Any], work: Path) -> list[Row]:
    """Return Glue's job runs, the newest first."""
    runs = [run for backend in backends for job in list(backend.jobs.values()) for run in list(job.job_runs)]
    newest = sorted(runs, key=lambda run: run.started_on, reverse=True)[:MOST_ROWS]
    return [_glue_run(run, f"glue/{run.job_name}/{run.job_run_id}", work) for run in newest]


def _glue_run(run: Any, place: str, work: Path) -> Row:
    return Row(
        name=run.job_name,
        id=run.job_run_id,
        state=str(run.state),
        began=run.began or run.started_on,
        ended=run.ended,
        detail=run.error or "",
        place=place,
        logs=existing_logs(work, place),
    )


def serverless_rows(backends: Iterable[Any], work: Path) -> list[Row]:
    """Return EMR Serverless's applications with their job runs, the newest first."""
    applications = [item for backend in backends for item in list(backend.applications.values())]
    newest = sorted(applications, key=lambda item: item.created_at, reverse=True)[:MOST_ROWS]
    return [
        Row(
            name=str(item.name),
            id=item.id,
            state=str(item.state),
            began=item.created_at,
            ended=None,
            parts=tuple(_serverless_run(run, f"emr-serverless/{item.id}/{run.id}", work) for run in list(item.runs)),
        )
        for item in newest
    ]


def _serverless_run(run: Any, place: str, work: Path) -> Row:
    return Row(
        name=str(run.name or "job run"),
        id=run.id,
        state=str(run.state),
        began=run.started_at or run.created_at,
        ended=run.ended_at,
        detail=run.state_details or "",
        place=place,
        logs=existing_logs(work, place),
    )
