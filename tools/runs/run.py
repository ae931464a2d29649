"""Any workflow by its name: stack up, data uploaded, one run, its summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from penstock.run_report import RunReport
from tools import packages
from tools.airflow_api import AirflowApi
from tools.console import console
from tools.errors import ToolError
from tools.runs.bill import show_times
from tools.runs.clock import Clock
from tools.runs.documents import read_document
from tools.runs.follow import explain_failure, file_of
from tools.runs.params import parse_params
from tools.runs.report import show_report
from tools.runs.session import place, run_dag
from tools.runs.timing import describe_run
from tools.runs.workflow import find_workflow
from tools.stack import aws
from tools.stack.lifecycle import Stack
from tools.stack.status import places

if TYPE_CHECKING:
    from collections.abc import Iterable

    from penstock.layout import Run
    from tools.runs.follow import FinishedRun
    from tools.settings import Settings


def run_workflow(settings: Settings, name: str, given: Iterable[str]) -> None:
    """Run it once with the parameters `given` (`name=value`) and show its report; raises ToolError if it failed."""
    clock = Clock()
    workflow, conf = find_workflow(settings.dags, name), parse_params(given)
    dataset = workflow.data(settings)
    if workflow.packages:
        ensure_packages(settings)
    stack = Stack(settings)
    console.print("[bold]Starting the local stack[/bold]" if not stack.running() else "[bold]The stack is up[/bold]")
    with clock.starting():
        started = stack.up(dataset)
    api = AirflowApi(settings, stack.credentials)
    run = run_dag(api, stack, name, conf, name="run", started=started)
    outputs = place(stack, run)
    report = read_document(aws.client("s3", settings, stack.credentials), RunReport, outputs.report_json)
    if run.state != "success":
        explain_failure(api, settings, run)
        _show_place(settings, run, outputs, report)
        raise ToolError(f"{name} ended as {run.state}. The stack is still up, so that you can look; stop: make down")
    if report:
        show_report(report, "" if dataset is None else dataset.detail)
    show_times(describe_run(run, clock))
    _show_place(settings, run, outputs, report)
    console.print()
    console.print(places(stack))


def ensure_packages(settings: Settings) -> packages.Packages:
    """Build the archive of the models' packages for this machine, unless it has been built; raises ToolError."""
    here = packages.Architecture.here()
    wanted = packages.wanted(settings.home, here)
    if not wanted.built:
        console.print("[bold]Packing the models' packages[/bold] from requirements/models.txt")
        packages.build(wanted, here)
    return wanted


def _show_place(settings: Settings, run: FinishedRun, outputs: Run, report: RunReport | None) -> None:
    """Where the report can be read, if there is one."""
    if report is None:
        return
    page = f"{settings.airflow_browser_url}/dags/{run.dag_id}/runs/{run.run_id}/plugin/report"
    console.print(f"\n[bold]Report[/bold]  {escape(page)}", soft_wrap=True)
    console.print(f"        {file_of(settings, outputs.report_page)}", markup=False, soft_wrap=True)
