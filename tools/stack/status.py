"""The stack as a table, and the welcome that `up` ends with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from tools.console import console
from tools.credentials import USER

if TYPE_CHECKING:
    from tools.stack.lifecycle import Stack

_STYLES = {"RUNNING": "green", "STARTING": "yellow", "STOPPED": "dim"}


def show_status(stack: Stack) -> None:
    """Which servers run."""
    states = stack.supervisor.states()
    if not states:
        console.print(f"The stack in {stack.settings.home} is not running. Start it: make up", markup=False)
        return
    table = Table("Server", "State", "", box=None, pad_edge=False)
    for each in states:
        style = _STYLES.get(each.state, "red")
        table.add_row(each.name, f"[{style}]{each.state}[/{style}]", each.description)
    console.print(table)
    show_welcome(stack)


def show_welcome(stack: Stack) -> None:
    """Where everything is, how to log in and how to stop."""
    console.print(Panel(places(stack), title="Penstock is up", border_style="green", expand=False))


def places(stack: Stack) -> Table:
    """URLs, login and how to stop, as a table."""
    settings, credentials = stack.settings, stack.credentials
    table = Table.grid(padding=(0, 2))
    rows = {
        "Airflow": settings.airflow_browser_url,
        "  log in as": f"{USER} / {credentials.airflow_password}",
        "MLflow": settings.mlflow_url,
        "EMR, Glue": settings.aws_url,
        "S3": settings.s3_url,
        "  keys in": str(settings.aws_state_file),
        "Logs": str(settings.logs),
        "Stop": "make down",
    }
    for name, value in rows.items():
        table.add_row(f"[bold]{name}[/bold]", escape(value))
    return table
