"""The demo: stack up, one run of movie_recommender, its summary."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tools.airflow_api import AirflowApi
from tools.console import console
from tools.credentials import USER, write_private
from tools.datasets.locate import locate
from tools.demo import report
from tools.demo.outputs import RunOutputs
from tools.demo.summary import summarise
from tools.errors import ToolError
from tools.runs.clock import Clock
from tools.runs.follow import FinishedRun, explain_failure
from tools.runs.session import place, run_dag
from tools.runs.timing import describe_run
from tools.stack import aws
from tools.stack.lifecycle import Stack
from tools.stack.status import places

if TYPE_CHECKING:
    from tools.settings import Settings

DAG_ID = "movie_recommender"


def run_demo(settings: Settings, *, user: int | None) -> None:
    """Run the workflow once and show what came out; raises ToolError if the run failed.

    Interrupted, it ends what it started: the stack, or, if that was up before, only the run.
    """
    clock = Clock()
    dataset = locate(settings)
    stack = Stack(settings)
    console.print("[bold]Starting the local stack[/bold]" if not stack.running() else "[bold]The stack is up[/bold]")
    with clock.starting():
        started = stack.up(dataset)
    api = AirflowApi(settings, stack.credentials)
    run = run_dag(api, stack, DAG_ID, {}, name="demo", started=started)
    if run.state != "success":
        _record(settings, describe_run(run, clock) | {"data": dataset.facts()})
        explain_failure(api, settings, run)
        raise ToolError(f"{DAG_ID} ended as {run.state}. The stack is still up, so that you can look; stop: make down")
    summary = summarise(run, _outputs(stack, run), dataset, clock, user=user, tables=settings.tables_file)
    _record(settings, summary | {"airflow": _login(stack), "stop": "make down"})
    report.show(summary)
    report.show_places(places(stack), str(settings.summary_file))


def _outputs(stack: Stack, run: FinishedRun) -> RunOutputs:
    return RunOutputs(aws.client("s3", stack.settings, stack.credentials), place(stack, run))


def _login(stack: Stack) -> dict[str, str]:
    return {"url": stack.settings.airflow_url, "user": USER, "password": stack.credentials.airflow_password}


def _record(settings: Settings, summary: dict[str, Any]) -> None:
    """Write the JSON twin whole, private because it tells how to log in."""
    write_private(settings.summary_file, json.dumps(summary, indent=2, ensure_ascii=False) + "\n")
