"""A comparison as a Markdown table: on the terminal, and in its own section of docs/benchmarks.md."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness import machine
from harness.comparison import PEAK, WALL

if TYPE_CHECKING:
    from harness.comparison import Comparison

DOCUMENT = Path(__file__).parents[2] / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Both sides of each table were run in turn in one run of the command above it, every time as a process of their own;
medians, with the least and the most in brackets. Memory is the largest sum over the process and all it started. On the
machine named below a table, differences under 15 % mean nothing. A run of the command writes its table anew.
"""


def publish(name: str, *, title: str, command: str, comparison: Comparison, notes: str = "") -> None:
    """Print the comparison's table, and write it where `name` marks its section; `notes` stands below, as Markdown."""
    write_section(name, title=title, command=command, lines=[*table(comparison)], notes=notes)


def write_section(name: str, *, title: str, command: str, lines: Sequence[str], notes: str = "") -> None:
    """Print the lines, and write them where `name` marks their section, with the machine that they were measured on."""
    section = "\n".join([f"## {title}", "", f"`{command}`", "", *lines, "", f"{machine.describe()}.", notes]).rstrip()
    print(section)
    before = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else HEAD
    DOCUMENT.write_text(with_section(before, name, section), encoding="utf-8")


def with_section(document: str, name: str, text: str) -> str:
    """The document with this text as the section `name`: in its old place, or at the end."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    section = f"{begin}\n{text}\n{end}\n"
    old = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}\n", re.DOTALL)
    if old.search(document):
        return old.sub(lambda _: section, document)
    return f"{document.rstrip()}\n\n{section}"


def table(comparison: Comparison) -> Iterator[str]:
    """A row for each side; beside every time but the first side's, how many times quicker it is."""
    names = comparison.names()
    yield f"| | {' | '.join(map(_heading, names))} |"
    yield "|---" * (len(names) + 1) + "|"
    for side in comparison.sides:
        yield f"| {side} | {' | '.join(_cell(comparison, side, name) for name in names)} |"


def _heading(name: str) -> str:
    words, _, unit = name.rpartition("_")
    labels = {WALL: "whole process, s", PEAK: "peak memory, MB"}
    return labels.get(name) or (
        f"{words.replace('_', ' ')}, {unit.upper() if unit == 'mb' else unit}" if words else name
    )


def _cell(comparison: Comparison, side: str, name: str) -> str:
    middle, spread = comparison.median(side, name), comparison.spread(side, name)
    if middle is None or spread is None:
        return ""
    text = _number(middle)
    if len(comparison.sides[side]) > 1:
        text += f" [{_number(spread[0])}, {_number(spread[1])}]"
    anchor = comparison.median(next(iter(comparison.sides)), name)
    if name.endswith("_s") and anchor and middle and side != next(iter(comparison.sides)):
        text += f", **{anchor / middle:.1f}x**"
    return text


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
