"""The live picture of a run: every task, what AWS is doing for it, and how long it has taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.spinner import Spinner
from rich.style import Style
from rich.table import Table
from rich.text import Text

from tools.console import console, seconds
from tools.runs.aws_work import RUNNING, Work

AWAITING = "awaiting_input"
"""The state of a task that asks a person, since Airflow 3.3: it holds no slot and has no trigger."""
_SHOWN = {
    "success": ("✓", "green", "done"),
    "failed": ("✗", "bold red", "failed"),
    "upstream_failed": ("✗", "red", "not run: an earlier task failed"),
    "skipped": ("↷", "dim", "skipped"),
    "deferred": ("", "cyan", "waiting on AWS"),
    "running": ("", "cyan", "running"),
    AWAITING: ("?", "bold yellow", "waits for your answer"),
    "up_for_retry": ("↻", "yellow", "will be tried again"),
    "up_for_reschedule": ("", "cyan", "waiting"),
    "queued": ("·", "dim", "queued"),
    "scheduled": ("·", "dim", "scheduled"),
}
_ASKS = "waits for your answer: "
_QUIET = ("scheduled", "queued")
"""States that pass too fast to be worth a line in a log."""


@dataclass(kw_only=True)
class RunView:
    """Holds the last known state; Rich draws it as often as it likes."""

    title: str
    began: datetime
    url: str
    """Of the run in Airflow's UI."""
    tasks: list[dict[str, Any]] = field(default_factory=list)
    work: list[Work] = field(default_factory=list)
    _spinner: Spinner = field(default_factory=lambda: Spinner("dots", style="cyan"))
    _printed: dict[str, str] = field(default_factory=dict)

    def update(self, tasks: list[dict[str, Any]], work: list[Work]) -> None:
        """Take the new state; where there is no terminal, print what changed."""
        self.tasks, self.work = tasks, work
        if not console.is_terminal:
            self._print_changes()

    def __rich__(self) -> RenderableType:
        """The picture as it stands now."""
        elapsed = seconds((datetime.now(UTC) - self.began).total_seconds())
        parts: list[RenderableType] = [Rule(f"[bold]{self.title}[/bold]  [dim]{elapsed}[/dim]", align="left")]
        parts.append(self._task_table())
        if running := [each for each in self.work if each.state in RUNNING]:
            parts.append(self._work_table(running))
        parts += [Text(f"? {_ASKS}{url}", style=_question(url), overflow="fold") for url in self._questions().values()]
        return Group(*parts)

    def _questions(self) -> dict[str, str]:
        """By task that waits for a person: where the answer is given."""
        return {each["task_id"]: answer_url(self.url, each) for each in self.tasks if each["state"] == AWAITING}

    def _task_table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for each in self.tasks:
            mark, style, words = _SHOWN.get(each["state"], ("·", "dim", ""))
            busy = each["state"] in ("running", "deferred", "up_for_reschedule")
            name = Text(each["task_id"], style="" if each["state"] else "dim")
            table.add_row(
                self._spinner if busy else Text(mark, style=style), name, Text(words, style=style), _took(each)
            )
        return table

    def _work_table(self, running: list[Work]) -> Table:
        table = Table.grid(padding=(0, 2))
        for each in running:
            took = (datetime.now(UTC) - each.began).total_seconds() if each.began else None
            table.add_row("  ", f"[bold]{each.service}[/bold]", each.name, f"[cyan]{each.state}[/cyan]", seconds(took))
        return table

    def _print_changes(self) -> None:
        states = {each["task_id"]: each["state"] for each in self.tasks if each["state"] not in (None, *_QUIET)}
        states |= {f"{each.service} {each.name}": each.state for each in self.work}
        elapsed = seconds((datetime.now(UTC) - self.began).total_seconds())
        questions = self._questions()
        for name, state in states.items():
            if self._printed.get(name) != state:
                words = _SHOWN[state][2] if state in _SHOWN else state
                words = f"{_ASKS}{questions[name]}" if name in questions else words
                console.print(f"  {elapsed:>12}  {name}: {words}", markup=False, soft_wrap=True)
        self._printed = states


def _question(url: str) -> Style:
    """A link that can be clicked even where the terminal has to break it."""
    return Style(color="yellow", bold=True, link=url)


def answer_url(run_url: str, task: dict[str, Any]) -> str:
    """The page of Airflow's UI on which a task's question is answered."""
    return f"{run_url}/tasks/{task['task_id']}/required_actions?map_index={task.get('map_index', -1)}"


def took_seconds(task: dict[str, Any]) -> float | None:
    """How long a task has taken, or takes so far; None before it starts."""
    if not task["start_date"]:
        return None
    end = datetime.fromisoformat(task["end_date"]) if task["end_date"] else datetime.now(UTC)
    return (end - datetime.fromisoformat(task["start_date"])).total_seconds()


def started_after(task: dict[str, Any], began: datetime) -> float | None:
    """Seconds from the start of the run to the start of a task; None before it starts."""
    return (datetime.fromisoformat(task["start_date"]) - began).total_seconds() if task["start_date"] else None


def _took(task: dict[str, Any]) -> Text:
    took = None if task["state"] in ("skipped", "upstream_failed") else took_seconds(task)
    return Text("" if took is None else seconds(took), style="dim")
