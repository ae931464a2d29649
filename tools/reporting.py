"""How a command ends: expected failures as one message and an exit status."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import typer
from rich.markup import escape

from penstock.errors import PenstockError
from tools.console import console
from tools.errors import FAILED, INTERRUPTED, ToolError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""SIGINT too: a shell that starts a command in the background has it ignore Ctrl-C, and so what it starts."""


@contextmanager
def reporting() -> Iterator[None]:
    """Expected failures become one message and an exit status; SIGTERM stops like Ctrl-C."""
    previous = {each: signal.signal(each, _interrupt) for each in _STOPPING}
    try:
        yield
    except KeyboardInterrupt:
        console.print("[yellow]Stopped.[/yellow]")
        raise typer.Exit(INTERRUPTED) from None
    except PenstockError as error:
        console.print(f"[bold red]Error:[/bold red] {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(error.status if isinstance(error, ToolError) else FAILED) from None
    finally:
        for each, handler in previous.items():
            signal.signal(each, handler)


def _interrupt(signum: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
