"""Follow one run until it ends."""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.live import Live
from rich.markup import escape

from penstock.layout import split_uri
from tools.airflow_api import UNFINISHED, AirflowApi
from tools.console import console
from tools.errors import ToolError
from tools.runs.view import RunView

if TYPE_CHECKING:
    from pathlib import Path

    from tools.runs.aws_work import AwsWork, Work
    from tools.settings import Settings

_POLL_SECONDS = 1.0
_LOG_LINES = 20


@dataclass(frozen=True, kw_only=True)
class FinishedRun:
    """A run that ended: its state, tasks in order, and what AWS did for it."""

    dag_id: str
    run_id: str
    state: str
    began: datetime
    ended: datetime
    tasks: list[dict[str, Any]]
    work: list[Work]


def follow(api: AirflowApi, aws: AwsWork, settings: Settings, *, dag_id: str, run_id: str) -> FinishedRun:
    """Show the run live until it has ended; raises ToolError after PENSTOCK_RUN_SECONDS."""
    order = {task: position for position, task in enumerate(api.task_order(dag_id))}
    page = f"{settings.airflow_browser_url}/dags/{dag_id}/runs/{run_id}"
    view = RunView(title=f"{dag_id}  {run_id}", began=datetime.now(UTC), url=page)
    deadline = time.monotonic() + settings.run_seconds
    with Live(view, console=console, refresh_per_second=8) if console.is_terminal else nullcontext():
        while True:
            run = api.run(dag_id, run_id)
            tasks = sorted(api.tasks(dag_id, run_id), key=lambda each: order.get(each["task_id"], len(order)))
            view.update(tasks, aws.now())
            if run["state"] not in UNFINISHED:
                break
            if time.monotonic() > deadline:
                raise ToolError(
                    f"{run_id} still runs after {settings.run_seconds} s (PENSTOCK_RUN_SECONDS). "
                    f"It goes on; see {settings.airflow_browser_url}"
                )
            time.sleep(_POLL_SECONDS)
    began, ended = (datetime.fromisoformat(run[key]) for key in ("start_date", "end_date"))
    return FinishedRun(
        dag_id=dag_id, run_id=run_id, state=run["state"], began=began, ended=ended, tasks=tasks, work=view.work
    )


def file_of(settings: Settings, uri: str) -> Path:
    """The local AWS keeps every object as a file."""
    return settings.home.joinpath("aws", "s3", *split_uri(uri))


def _explain_work(work: list[Work], settings: Settings) -> None:
    """Each reason once, by its last attempt: a second one that fails alike adds nothing but its log."""
    last = {(each.service, each.name, each.reason): each for each in work if each.reason}
    for each in last.values():
        console.print(f"\n[bold red]{each.service} {escape(each.name)} failed[/bold red]: {escape(each.reason)}")
        if each.log:
            console.print(f"  its driver's log: {file_of(settings, each.log)}", soft_wrap=True, markup=False)


def explain_failure(api: AirflowApi, settings: Settings, run: FinishedRun) -> None:
    """Print why AWS's work failed, the end of each failed task's log, and where all logs are."""
    _explain_work(run.work, settings)
    for task in run.tasks:
        if task["state"] != "failed":
            continue
        name, attempt = task["task_id"], task["try_number"]
        console.print(f"\n[bold red]{escape(name)} failed[/bold red] (attempt {attempt}). Its log ends with:")
        for line in api.log(run.dag_id, run.run_id, name, attempt)[-_LOG_LINES:]:
            console.print(f"  {line}", markup=False)
    logs = settings.airflow_home / "logs" / f"dag_id={run.dag_id}" / f"run_id={run.run_id}"
    console.print(f"\nTask logs: {logs}", soft_wrap=True, markup=False)
    console.print(f"Spark logs: {settings.home / 'aws' / 's3'}", soft_wrap=True, markup=False)
    console.print(
        f"In the UI: {settings.airflow_browser_url}/dags/{run.dag_id}/runs/{run.run_id}", soft_wrap=True, markup=False
    )
