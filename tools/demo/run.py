"""The demo: stack up, one run of movie_recommender, its summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.console import console
from tools.datasets.locate import locate
from tools.demo.session import run_once
from tools.runs.clock import Clock
from tools.stack.lifecycle import Stack
from tools.stack.status import places

if TYPE_CHECKING:
    from tools.settings import Settings


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
    run_once(stack, dataset, clock, user=user, started=started, places=places(stack), stop="make down")
