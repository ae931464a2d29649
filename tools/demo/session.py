"""One run of movie_recommender on servers that are up, and its summary."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tools.airflow_api import AirflowApi
from tools.credentials import USER, write_private
from tools.demo import report
from tools.demo.outputs import RunOutputs
from tools.demo.summary import summarise
from tools.demo.tables import tables_of
from tools.errors import ToolError
from tools.runs.follow import explain_failure
from tools.runs.session import Servers, place, run_dag
from tools.runs.timing import describe_run
from tools.stack import aws

if TYPE_CHECKING:
    from rich.table import Table

    from tools.datasets.dataset import Dataset
    from tools.runs.clock import Clock
    from tools.settings import Settings

DAG_ID = "movie_recommender"


def run_once(
    servers: Servers, dataset: Dataset, clock: Clock, *, user: int | None, started: bool, places: Table, stop: str
) -> None:
    """Run the workflow and show what came out; raises ToolError if it failed. `stop` is the command that ends all.

    Interrupted, it ends what was started: the servers, or, if those were up before, only the run.
    """
    settings, credentials = servers.settings, servers.credentials
    api = AirflowApi(settings, credentials)
    run = run_dag(api, servers, DAG_ID, {}, name="demo", started=started)
    if run.state != "success":
        _record(settings, describe_run(run, clock) | {"data": dataset.facts()})
        explain_failure(api, settings, run)
        raise ToolError(f"{DAG_ID} ended as {run.state}. The stack is still up, so that you can look; stop: {stop}")
    outputs = RunOutputs(aws.client("s3", settings, credentials), place(servers, run))
    tables = tables_of(settings, credentials, run.run_id)
    summary = summarise(run, outputs, dataset, clock, user=user, tables=tables)
    _record(settings, summary | {"airflow": _login(servers), "stop": stop})
    report.show(summary)
    report.show_places(places, str(settings.summary_file))


def _login(servers: Servers) -> dict[str, str]:
    url, password = servers.settings.airflow_browser_url, servers.credentials.airflow_password
    return {"url": url, "user": USER, "password": password}


def _record(settings: Settings, summary: dict[str, Any]) -> None:
    """Write the JSON twin whole, private because it tells how to log in."""
    write_private(settings.summary_file, json.dumps(summary, indent=2, ensure_ascii=False) + "\n")
