"""Markdown, as GitHub and the site read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

GENERATED = "<!-- Written from the code by `make reference`; do not edit. -->"


def page(title: str, intro: str, *parts: str) -> str:
    """A whole page; `parts` are its sections."""
    return "\n\n".join([GENERATED, f"# {title}", intro, *(each for each in parts if each)]) + "\n"


def section(heading: str, *parts: str, level: int = 2) -> str:
    """A heading and what stands below it."""
    return "\n\n".join([f"{'#' * level} {heading}", *(each for each in parts if each)])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; empty without rows."""
    lines = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    if not lines:
        return ""
    return "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *lines])


def code(text: object) -> str:
    """Text as code; nothing for nothing."""
    return f"`{text}`" if str(text) else ""
