"""What the user sees while something takes its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from tools.console import console

if TYPE_CHECKING:
    from tools.deploy.events import Event

POLL_SECONDS = 5.0
"""How often CloudFormation is asked; stacks take minutes, and each ask counts against the account's rate."""


def say(line: str) -> None:
    """What this machine does for a while."""
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def tell(event: Event) -> None:
    """One line an event."""
    style = (
        "red"
        if "FAILED" in event.status or "ROLLBACK" in event.status
        else "green"
        if "COMPLETE" in event.status
        else "dim"
    )
    resource = "" if event.resource == event.stack else event.resource
    line = Text.assemble(
        (f"{event.status:<28}", style), f" {event.stack} {resource}".rstrip(), (f"  {event.reason}", "dim")
    )
    console.print(line, soft_wrap=True)
