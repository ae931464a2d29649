"""Start one run of a DAG and follow it; interrupted, undo what was started."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from penstock.deployment import Deployment
from penstock.layout import Run, run_key
from tools.console import console
from tools.errors import ToolError
from tools.interruption import uninterrupted
from tools.runs.aws_work import AwsWork
from tools.runs.follow import FinishedRun, follow
from tools.runs.params import check_params
from tools.stack import aws

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tools.airflow_api import AirflowApi
    from tools.credentials import Credentials
    from tools.settings import Settings

_PARSED_WITHIN = 60.0


class Servers(Protocol):
    """What a run needs of the servers: a stack of this machine, or containers."""

    @property
    def settings(self) -> Settings:
        """Where they are."""

    @property
    def credentials(self) -> Credentials:
        """Passwords and keys."""

    def down(self) -> object:
        """Stop them, if they are up only for this run."""


def run_dag(
    api: AirflowApi, stack: Servers, dag_id: str, conf: Mapping[str, Any], *, name: str, started: bool
) -> FinishedRun:
    """Run it once; its id begins with `name`. `started` says that the stack is up only for this run.

    Interrupted, it ends what was started: the stack, or, if that was up before, only the run.
    """
    run_id = f"{name}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    try:
        return _follow(api, stack, dag_id, run_id, dict(conf))
    except KeyboardInterrupt:
        _end(stack, api, dag_id, run_id, started=started)
        raise


def place(stack: Servers, run: FinishedRun) -> Run:
    """Where the outputs of a run are."""
    path = stack.settings.deployment_file
    layout = Deployment.from_json(path.read_text(encoding="utf-8"), str(path)).layout
    return layout.run(run.dag_id, run_key(run.run_id))


def _follow(api: AirflowApi, stack: Servers, dag_id: str, run_id: str, conf: dict[str, Any]) -> FinishedRun:
    _wait_until_parsed(api, dag_id)
    check_params(dag_id, conf, api.params(dag_id))
    emr, glue = (aws.client(service, stack.settings, stack.credentials) for service in ("emr", "glue"))
    work = AwsWork(emr, glue, since=datetime.now(UTC))
    api.trigger(dag_id, run_id, conf=conf)
    return follow(api, work, stack.settings, dag_id=dag_id, run_id=run_id)


def _wait_until_parsed(api: AirflowApi, dag_id: str) -> None:
    deadline = time.monotonic() + _PARSED_WITHIN
    while not api.dag_parsed(dag_id):
        if errors := api.import_errors(dag_id):
            raise ToolError("Airflow cannot import a DAG file:\n" + "\n".join(errors))
        if time.monotonic() > deadline:
            raise ToolError(
                f"Airflow has not found {dag_id} within {_PARSED_WITHIN:.0f} s; see the DAG processor's log"
            )
        time.sleep(0.3)


def _end(stack: Servers, api: AirflowApi, dag_id: str, run_id: str, *, started: bool) -> None:
    """Undo what was started, without a further interruption cutting that short."""
    with uninterrupted():
        if started:
            console.print("[yellow]Stopping the stack...[/yellow]")
            stack.down()
            return
        console.print(f"[yellow]Ending {run_id}; the stack stays up, as it was before.[/yellow]")
        if api.has_run(dag_id, run_id):
            api.fail_run(dag_id, run_id)
