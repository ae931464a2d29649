"""The demo on the containers: the same run and the same summary, on servers that are up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from tools.credentials import USER, Credentials
from tools.datasets.locate import locate
from tools.demo.session import run_once
from tools.runs.clock import Clock

if TYPE_CHECKING:
    from tools.settings import Settings

_STOP = "docker compose down"


@dataclass(frozen=True, kw_only=True)
class Containers:
    """Servers that others start and stop."""

    settings: Settings
    credentials: Credentials

    def down(self) -> None:
        """Leave them up: nothing here has started them."""


def run_demo(containers: Containers, *, user: int | None) -> None:
    """Run movie_recommender once and show what came out; raises ToolError if it failed."""
    dataset, clock = locate(containers.settings), Clock()
    run_once(containers, dataset, clock, user=user, started=False, places=_places(containers), stop=_STOP)


def _places(containers: Containers) -> Table:
    table = Table.grid(padding=(0, 2))
    rows = {
        "Airflow": containers.settings.airflow_browser_url,
        "  log in as": f"{USER} / {containers.credentials.airflow_password}",
        "Stop": _STOP,
    }
    for name, value in rows.items():
        table.add_row(f"[bold]{name}[/bold]", escape(value))
    return table
