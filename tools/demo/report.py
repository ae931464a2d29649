"""The summary as a person reads it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.markup import escape
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from penstock.jobs import SeenItems
from tools.console import console
from tools.errors import ToolError
from tools.runs.bill import show_cost, show_times

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_METRICS = {
    "ndcg_at_k": "NDCG@{k}",
    "precision_at_k": "Prec@{k}",
    "recall_at_k": "Rec@{k}",
    "map_at_k": "MAP@{k}",
    "coverage": "Cover",
    "rmse": "RMSE",
    "mae": "MAE",
}
SVG_FORMAT = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
"""Rich's drawing of a terminal, without the fonts that it would load from elsewhere."""
_AIMS = {"ranking": ("ndcg_at_k",), "rating": ("rmse",)}
"""What a model is judged by, per objective: shown bold."""


def load(path: Path) -> dict[str, Any]:
    """The summary that a demo left; raises ToolError if there is none or its run failed."""
    try:
        summary: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ToolError(f"{path} is not there: no demo has ended yet. Run one with: make demo") from error
    if summary["state"] != "success":
        raise ToolError(f"The last demo ended as {summary['state']}; {path} says which tasks failed.")
    return summary


def show(summary: Mapping[str, Any]) -> None:
    """Print the whole summary of a successful run."""
    console.print()
    console.print(Rule("[bold]What the run found[/bold]", style="green"))
    _data(summary)
    _models(summary["models"])
    _recommendations(summary["recommendations"], summary["models"])
    _tables(summary.get("tables") or {})
    show_cost(summary["cost"])
    show_times(summary)


def _data(summary: Mapping[str, Any]) -> None:
    table = Table("Rows", *("read", "good", "quarantined", "superseded"), box=None, pad_edge=False, header_style="bold")
    for column in table.columns[1:]:
        column.justify = "right"
    for source, counts in summary["rows"].items():
        table.add_row(source, *(f"{counts[key]:,}" for key in ("read", "good", "quarantined", "superseded")))
    data = summary["data"]
    console.print(f"\n[bold]Data[/bold]  {escape(data['detail'])}", soft_wrap=True)
    console.print(table)
    for reason, count in summary["quarantined_by_reason"].items():
        console.print(f"  quarantined: {count:,} x {reason}", style="yellow", markup=False)


def _models(models: Mapping[str, Any]) -> None:
    first = next(iter(models.values()))
    held_out = first["held_out"]
    console.print(
        f"\n[bold]Models[/bold]  judged on the same {held_out['rows']:,} held-out ratings of "
        f"{held_out['users']:,} users ({held_out['cold_start_rows']:,} cold)",
        soft_wrap=True,
    )
    console.print(f"Split   {first['split']}", style="dim", markup=False, soft_wrap=True)
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="bold")
    table.add_column("", no_wrap=True)
    for title in _METRICS.values():
        table.add_column(title.format(k=first["k"]), justify="right")
    for name, model in models.items():
        table.add_row(f"[bold]{name}[/bold]", *_row(model["challenger"], _AIMS.get(model["objective"], ())))
    for name, metrics in first["baselines"].items():
        table.add_row(f"[dim]{name} (baseline)[/dim]", *_row(metrics, ()))
    console.print(table)
    for name, model in models.items():
        _verdict(name, model)


def _row(metrics: Mapping[str, float | None], bold: tuple[str, ...]) -> list[Text]:
    values = [(key, metrics.get(key)) for key in _METRICS]
    return [
        Text("-" if value is None else f"{value:.4f}", style="bold green" if key in bold else "dim")
        for key, value in values
    ]


def _verdict(name: str, model: Mapping[str, Any]) -> None:
    promoted = "[green]✓ promoted to champion[/green]" if model["promoted"] else "[yellow]not promoted[/yellow]"
    fit = " and ".join(model["fit_for"]) or "neither ranking nor rating"
    console.print(f"{promoted}: [bold]{name}[/bold], fit for {fit}", soft_wrap=True)
    for check in model["checks"]:
        mark, style = ("✓", "dim") if check["passed"] else ("✗", "red")
        console.print(f"    {mark} {check['sentence']}", style=style, markup=False, soft_wrap=True)


def _recommendations(found: Mapping[str, Any] | None, models: Mapping[str, Any]) -> None:
    if not found:
        console.print("\nNobody was scored: the recommender was not promoted.", style="yellow")
        return
    table = Table("", "Film", "score", box=None, pad_edge=False, header_style="bold")
    for each in found["items"]:
        table.add_row(str(each["rank"]), Text(each["title"]), f"{each['score']:.3f}")
    scores = models[found["model"]]["scores"]
    unseen = ", who has not rated any of these" if scores["seen_items"] == SeenItems.EXCLUDE else ""
    console.print(f"\n[bold]Recommended to user {found['user']}[/bold]{unseen}")
    console.print(table)
    if without := scores.get("users_without_scores"):
        console.print(f"Users without recommendations: {without:,}", style="yellow")


def _tables(tables: Mapping[str, int]) -> None:
    if tables:
        rows = ", ".join(f"{name} ({count:,} rows)" for name, count in tables.items())
        console.print(f"Loaded into the application's database: {rows}", markup=False, soft_wrap=True)


def show_places(places: Table, summary_file: str) -> None:
    """Where to look next."""
    places.add_row("[bold]Summary[/bold]", escape(summary_file))
    console.print()
    console.print(Panel(places, title="Have a look around", border_style="green", expand=False))
