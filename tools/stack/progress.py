"""What the user sees while the stack starts."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table

from tools.console import console, seconds

if TYPE_CHECKING:
    from collections.abc import Iterable


class Progress:
    """One row per thing that has to become ready; lines instead of a table where there is no terminal."""

    def __init__(self, names: Iterable[str]) -> None:
        self._began = time.monotonic()
        self._ready: dict[str, float | None] = dict.fromkeys(names)
        self._spinner = Spinner("dots", style="cyan")

    def ready(self, name: str) -> None:
        """Note that `name` is ready, once."""
        if self._ready[name] is None:
            self._ready[name] = time.monotonic() - self._began
            if not console.is_terminal:
                console.print(f"  ready after {seconds(self._ready[name])}: {name}")

    @property
    def waiting(self) -> list[str]:
        """What is not ready yet."""
        return [name for name, after in self._ready.items() if after is None]

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._began

    def __rich__(self) -> Table:
        """The table as it stands now."""
        table = Table.grid(padding=(0, 2))
        for name, after in self._ready.items():
            mark = self._spinner if after is None else "[green]✓[/green]"
            table.add_row(mark, name, f"[dim]{seconds(self.elapsed if after is None else after)}[/dim]")
        return table


def shown(progress: Progress) -> AbstractContextManager[object]:
    """Show the progress for as long as the block lasts."""
    if not console.is_terminal:
        return nullcontext()
    return Live(progress, console=console, refresh_per_second=10)
