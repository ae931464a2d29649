"""The one terminal that the tools write to."""

from __future__ import annotations

from rich.console import Console

console = Console(highlight=False)


def seconds(value: float | None) -> str:
    """A duration as people read it: `8.2 s`, `1 min 05 s`; a dash if there is none."""
    if value is None:
        return "-"
    if value < 60:  # noqa: PLR2004 - seconds in a minute
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest:02d} s"
