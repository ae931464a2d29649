"""The few kinds of charts that the report is made of, each drawn into matplotlib's axes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflow.reporting.palette import DIM, FIRST, FOURTH, INK, SECOND, THIRD
from workflow.reporting.svg import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from penstock.estimate import Estimate

ROW = 19.0
"""Points of height of a row with a label."""
SHADE = 0.5
"""Opacity of the fullest cell of a heat map: the number in it stays readable in light and dark."""


@dataclass(frozen=True)
class Pen:
    """How one contender is drawn: by line and marker too, never by colour alone."""

    colour: str
    line: str
    marker: str


CHALLENGER, CHAMPION = Pen(FIRST, "-", "o"), Pen(SECOND, "--", "D")
OTHERS = (Pen(THIRD, ":", "s"), Pen(FOURTH, "-.", "^"), Pen(DIM, ":", "v"))
"""Baselines and whatever else there is to tell apart."""


@dataclass(frozen=True)
class Dot:
    """A row of an interval chart."""

    label: str
    value: Estimate
    pen: Pen = CHALLENGER


def dots(axes: Axes, rows: Sequence[Dot]) -> None:
    """A row for each estimate, from the top: a marker at the value, a line as long as its interval."""
    for place, row in enumerate(rows):
        found = row.value
        if found.value is None:
            continue
        if found.low is not None and found.high is not None:
            axes.plot([found.low, found.high], [place, place], color=row.pen.colour, linewidth=2.5, alpha=0.55)
        axes.plot([found.value], [place], color=row.pen.colour, marker=row.pen.marker, markersize=6, linestyle="none")
    name_rows(axes, [row.label for row in rows])
    axes.margins(x=0.08)
    axes.locator_params(axis="x", nbins=5)


def name_rows(axes: Axes, labels: Sequence[str], longest: int = 28) -> None:
    """Row labels from the top, without ticks and grid lines between them."""
    axes.set_yticks(range(len(labels)), [clean(each, longest) for each in labels])
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)


def bars(
    axes: Axes, labels: Sequence[str], values: Sequence[float], texts: Sequence[str], colours: Sequence[str]
) -> None:
    """Horizontal bars from the top, each with its number behind it."""
    axes.barh(range(len(values)), list(values), height=0.62, color=list(colours))
    name_rows(axes, labels)
    for place, (value, text) in enumerate(zip(values, texts, strict=True)):
        behind = 4 if value >= 0 else -4
        axes.annotate(
            text,
            (value, place),
            xytext=(behind, 0),
            textcoords="offset points",
            ha="left" if value >= 0 else "right",
            va="center",
            fontsize=11,
        )
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    axes.margins(x=0.22)
    if any(value < 0 for value in values):
        axes.axvline(0, color=DIM, linewidth=0.8)


def lines(axes: Axes, series: Sequence[tuple[str, Sequence[float], Sequence[float | None], Pen]]) -> None:
    """Lines with a legend above them; where a value is None the line has a gap."""
    for name, x, y, pen in series:
        whole = [math.nan if each is None else each for each in y]
        axes.plot(list(x), whole, color=pen.colour, linestyle=pen.line, label=clean(name))
    if len(series) > 1:
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, handlelength=2.6, columnspacing=1.2)


def unit_square(axes: Axes, x_label: str, y_label: str) -> None:
    """Both axes from 0 to 1."""
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(-0.01, 1.03)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)


def heat(
    axes: Axes,
    shades: Sequence[Sequence[float]],
    texts: Sequence[Sequence[str]],
    *,
    columns: Sequence[str],
    rows: Sequence[str],
    colours: tuple[str, str] = (FIRST, SECOND),
) -> None:
    """Cells shaded from -1 (second colour) over 0 (none) to 1 (first), each with its number."""
    from matplotlib.patches import Rectangle  # noqa: PLC0415 - too heavy for parsing a DAG

    for at, (line, words) in enumerate(zip(shades, texts, strict=True)):
        for across, (shade, word) in enumerate(zip(line, words, strict=True)):
            colour = colours[0] if shade >= 0 else colours[1]
            cell = Rectangle((across - 0.48, at - 0.46), 0.96, 0.92, color=colour, linewidth=0)
            cell.set_alpha(round(SHADE * min(1.0, abs(shade)), 3))
            axes.add_patch(cell)
            axes.text(across, at, word, ha="center", va="center", fontsize=10 if len(columns) > 4 else 11, color=INK)  # noqa: PLR2004
    name_rows(axes, rows)
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_xticks(range(len(columns)), [clean(each, 14) for each in columns])
    if len(columns) > 4 or max(map(len, columns), default=0) > 9:  # noqa: PLR2004
        axes.tick_params(axis="x", labelrotation=40)
        for each in axes.get_xticklabels():
            each.set_horizontalalignment("right")
            each.set_rotation_mode("anchor")
    axes.tick_params(axis="x", length=0)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
