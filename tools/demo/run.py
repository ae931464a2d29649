"""The demo: stack up, one run of movie_recommender, its summary."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from penstock.deployment import Deployment
from penstock.layout import run_key
from tools import data
from tools.airflow_api import AirflowApi
from tools.console import console
from tools.credentials import USER, write_private
from tools.demo import report
from tools.demo.aws_work import AwsWork
from tools.demo.clock import Clock
from tools.demo.follow import FinishedRun, explain_failure, follow
from tools.demo.outputs import RunOutputs
from tools.demo.summary import describe_run, summarise
from tools.errors import ToolError
from tools.stack import aws
from tools.stack.lifecycle import Stack
from tools.stack.status import places

if TYPE_CHECKING:
    from tools.settings import Settings

DAG_ID = "movie_recommender"
_PARSED_WITHIN = 60.0


def run_demo(settings: Settings, *, user: int | None) -> None:
    """Run the workflow once and show what came out; raises ToolError if the run failed.

    Interrupted, it ends what it started: the stack, or, if that was up before, only the run.
    """
    clock = Clock()
    dataset = data.locate(settings)
    stack = Stack(settings)
    console.print("[bold]Starting the local stack[/bold]" if not stack.running() else "[bold]The stack is up[/bold]")
    with clock.starting():
        started = stack.up(dataset)
    api = AirflowApi(settings, stack.credentials)
    run = _run(api, stack, started=started)
    if run.state != "success":
        _record(settings, describe_run(run, clock) | {"data": dataset.facts()})
        explain_failure(api, settings, run)
        raise ToolError(f"{DAG_ID} ended as {run.state}. The stack is still up, so that you can look; stop: make down")
    summary = summarise(run, _outputs(stack, run), dataset, clock, user=user)
    _record(settings, summary | {"airflow": _login(stack), "stop": "make down"})
    report.show(summary)
    report.show_places(places(stack), str(settings.summary_file))


def _run(api: AirflowApi, stack: Stack, *, started: bool) -> FinishedRun:
    run_id = f"demo-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    try:
        return _follow(api, stack, run_id)
    except KeyboardInterrupt:
        _end(stack, api, run_id, started=started)
        raise


def _outputs(stack: Stack, run: FinishedRun) -> RunOutputs:
    path = stack.settings.deployment_file
    layout = Deployment.from_json(path.read_text(encoding="utf-8"), str(path)).layout
    s3 = aws.client("s3", stack.settings, stack.credentials)
    return RunOutputs(s3, layout.run(run.dag_id, run_key(run.run_id)))


def _follow(api: AirflowApi, stack: Stack, run_id: str) -> FinishedRun:
    _wait_until_parsed(api)
    emr, glue = (aws.client(service, stack.settings, stack.credentials) for service in ("emr", "glue"))
    work = AwsWork(emr, glue, since=datetime.now(UTC))
    api.trigger(DAG_ID, run_id, conf={})
    return follow(api, work, stack.settings, dag_id=DAG_ID, run_id=run_id)


def _wait_until_parsed(api: AirflowApi) -> None:
    deadline = time.monotonic() + _PARSED_WITHIN
    while not api.dag_parsed(DAG_ID):
        if errors := api.import_errors():
            raise ToolError("Airflow cannot import a DAG file:\n" + "\n".join(errors))
        if time.monotonic() > deadline:
            raise ToolError(
                f"Airflow has not found {DAG_ID} within {_PARSED_WITHIN:.0f} s; see the DAG processor's log"
            )
        time.sleep(0.3)


def _end(stack: Stack, api: AirflowApi, run_id: str, *, started: bool) -> None:
    """Undo what the demo started, without a further interruption cutting that short."""
    with stack.uninterrupted():
        if started:
            console.print("[yellow]Stopping the stack...[/yellow]")
            stack.down()
            return
        console.print(f"[yellow]Ending {run_id}; the stack stays up, as it was before.[/yellow]")
        if api.has_run(DAG_ID, run_id):
            api.fail_run(DAG_ID, run_id)


def _login(stack: Stack) -> dict[str, str]:
    return {"url": stack.settings.airflow_url, "user": USER, "password": stack.credentials.airflow_password}


def _record(settings: Settings, summary: dict[str, Any]) -> None:
    """Write the JSON twin whole, private because it tells how to log in."""
    write_private(settings.summary_file, json.dumps(summary, indent=2, ensure_ascii=False) + "\n")
