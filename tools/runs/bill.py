"""What a run cost and how long it took, as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from tools.console import console, seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

_BAR = 32
"""Characters for the whole run."""


def show_cost(cost: Mapping[str, Any]) -> None:
    """What the instances and job runs of so many seconds would cost on AWS."""
    verb = "would have cost" if cost["simulated"] else "cost"
    bound = "at least " if cost["unknown"] else ""
    console.print()
    console.print(f"[bold]Cost[/bold]  on AWS it {verb} {bound}${cost['usd']:.4f}")
    if cost["unknown"]:
        console.print(f"      [dim]no known price: {escape(', '.join(cost['unknown']))}[/dim]")


def show_times(summary: Mapping[str, Any]) -> None:
    """From the command to its summary: the stack's start, Spark and Glue, what is around them, task by task."""
    timing = summary["timing"]
    table = Table.grid(padding=(0, 2))
    for each in summary["tasks"]:
        took = seconds(each["seconds"]) if each["state"] == "success" else each["state"]
        bar = Text(gantt(each, timing["wall_seconds"]), style="cyan")
        table.add_row("", each["task_id"], Text(took, justify="right"), bar)
    console.print(
        f"\n[bold]Time[/bold]  {seconds(timing['total_seconds'])} from command to summary, "
        f"{seconds(timing['stack_seconds'])} of it to start the stack"
    )
    share = f"{timing['orchestration_share']:.0%}"
    console.print(
        f"The run: {seconds(timing['wall_seconds'])}, {seconds(timing['aws_seconds'])} in Spark and Glue, "
        f"{seconds(timing['orchestration_seconds'])} ({share}) around them"
    )
    console.print(table)


def gantt(task: Mapping[str, Any], wall_seconds: float) -> str:
    """When a task ran, on a line as long as the run; at least one block, so that a short task is seen."""
    if task["after_seconds"] is None or task["seconds"] is None or task["state"] == "skipped":
        return ""
    after, took = (float(task[key]) / wall_seconds * _BAR for key in ("after_seconds", "seconds"))
    start = min(round(after), _BAR - 1)
    return " " * start + "━" * max(1, min(round(took), _BAR - start))
