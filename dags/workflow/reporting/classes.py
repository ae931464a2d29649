"""Where a model errs: confusion matrix, each class, and segments of the held-out rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from penstock.estimate import Estimate
from workflow.reporting import words
from workflow.reporting.charts import CHALLENGER, CHAMPION, OTHERS, ROW, Dot, dots, heat
from workflow.reporting.figure import Figure, Grid
from workflow.reporting.palette import DIM
from workflow.reporting.svg import clean, picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure as Canvas

    from penstock.assessment import Judgement, Segment

MOST_CLASSES = 12
"""Of a confusion matrix that is drawn; a larger one is a table only."""
MOST_SEGMENTS = 16
TOLD_FIRST = ("recall", "precision", "accuracy", "weighted_f1", "rmse", "mae", "silhouette")
"""The metrics of segments that are drawn if they are there: recall is equal opportunity (Hardt, Price, Srebro 2016)."""
PANELS = 3


def confusion(slug: str, judged: Judgement) -> Figure | None:
    """Held-out rows by what they are and what the model says."""
    found = judged.confusion
    if not found or not found.labels:
        return None
    totals = [sum(line) for line in found.counts]
    right = sum(line[place] for place, line in enumerate(found.counts))
    says = (
        f"{right:,} of {words.plural(sum(totals), 'row')} are on the diagonal, where the model is right "
        f"({words.percent(right, sum(totals))}). A cell's shade is its share of its row."
    )
    shown = min(len(found.labels), MOST_CLASSES)
    says += f" The first {shown} of {len(found.labels)} classes are drawn." if shown < len(found.labels) else ""

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        part = [line[:shown] for line in found.counts[:shown]]
        shades = [[cell / total if total else 0.0 for cell in line] for line, total in zip(part, totals, strict=False)]
        numbers = [[f"{cell:,}" for cell in line] for line in part]
        names = found.labels[:shown]
        heat(axes, shades, numbers, columns=names, rows=names)
        axes.set_xlabel("the model says")
        axes.set_ylabel("the row is")

    rows = [
        [label, *(f"{cell:,}" for cell in line), f"{total:,}"]
        for label, line, total in zip(found.labels, found.counts, totals, strict=True)
    ]
    return Figure(
        title="Confusion matrix",
        says=says,
        svg=picture(slug, f"Confusion matrix. {says}", draw, height=92 + 36 * shown),
        grid=Grid(
            caption="Rows by true class (down) and prediction (across)", header=["", *found.labels, "all"], rows=rows
        ),
    )


def per_class(slug: str, judged: Judgement) -> Figure | None:
    """Precision, recall and F1 of every class."""
    found = judged.classes
    if not found:
        return None
    shown = found[:MOST_SEGMENTS]

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        for name, pen in (("precision", CHALLENGER), ("recall", CHAMPION), ("f1", OTHERS[0])):
            values = [getattr(each, name) for each in shown]
            known = [(value, place) for place, value in enumerate(values) if value is not None]
            x, y = [value for value, _ in known], [place for _, place in known]
            axes.plot(x, y, linestyle="none", color=pen.colour, marker=pen.marker, markersize=6, label=name)
        dots(axes, [Dot(each.label, Estimate(value=None)) for each in shown])
        axes.set_xlim(-0.02, 1.02)
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)

    worst = min(found, key=lambda each: (each.f1 is None, each.f1 or 0.0))
    drawn = f", the first {len(shown)} of them drawn" if len(shown) < len(found) else ""
    counted = f"{words.plural(len(found), 'class', 'classes')}{drawn}"
    says = f"{counted}; the lowest F1 is {words.number(worst.f1)}, of {worst.label}."
    rows = [
        [each.label, f"{each.rows:,}", *map(words.number, (each.precision, each.recall, each.f1))] for each in found
    ]
    return Figure(
        title="Each class",
        says=says,
        svg=picture(slug, f"Precision, recall and F1 per class. {says}", draw, height=62 + 20 * len(shown)),
        grid=Grid(caption="Classes", header=["class", "rows", "precision", "recall", "F1"], rows=rows),
    )


def segments(slug: str, judged: Judgement) -> list[Figure]:
    """One picture for each column that tells the held-out rows apart."""
    columns = list(dict.fromkeys(each.column for each in judged.segments))
    return [
        _segmented(f"{slug}{place}", column, [each for each in judged.segments if each.column == column], judged)
        for place, column in enumerate(columns)
    ]


def _segmented(slug: str, column: str, found: Sequence[Segment], judged: Judgement) -> Figure:
    shown = found[:MOST_SEGMENTS]
    metrics = _told(found)

    def draw(canvas: Canvas) -> None:
        panels = canvas.subplots(len(metrics), 1, squeeze=False)[:, 0]
        for axes, metric in zip(panels, metrics, strict=True):
            unknown = Estimate(value=None)
            dots(axes, [Dot(each.value, each.metrics.get(metric, unknown)) for each in shown])
            whole = judged.metrics.get(metric, unknown).value
            if whole is not None:
                axes.axvline(whole, color=DIM, linewidth=1, linestyle=(0, (1, 2)))
            axes.set_title(words.label(metric))

    says = " ".join(_difference(metric, found) for metric in metrics) + " The dotted line is all rows."
    every = list(dict.fromkeys(name for each in found for name in each.metrics))
    rows = [
        [each.value, f"{each.rows:,}", *(words.estimate(each.metrics.get(name)) for name in every)] for each in found
    ]
    height = len(metrics) * (46 + ROW * len(shown))
    return Figure(
        title=f"Segments by {clean(column, 60)}",
        says=says,
        svg=picture(slug, f"Metrics by {column}. {says}", draw, height=height),
        grid=Grid(caption=f"Metrics by {column}", header=[column, "rows", *map(words.label, every)], rows=rows),
    )


def _told(found: Sequence[Segment]) -> list[str]:
    every = list(dict.fromkeys(name for each in found for name in each.metrics))
    first = [name for name in TOLD_FIRST if name in every]
    return (first + [name for name in every if name not in first])[:PANELS]


def _difference(metric: str, found: Sequence[Segment]) -> str:
    """The largest gap between two segments, and whether their intervals leave it in doubt."""
    known = [(each.metrics[metric], each.value) for each in found if metric in each.metrics]
    ranked = sorted(
        ((estimate.value, estimate, name) for estimate, name in known if estimate.value is not None),
        key=lambda each: each[0],
    )
    name = words.label(metric)
    if len(ranked) < 2:  # noqa: PLR2004
        return f"{name[:1].upper()}{name[1:]} is known for {words.plural(len(ranked), 'segment')}."
    (low, lowest, loser), (high, highest, winner) = ranked[0], ranked[-1]
    sure = ""
    if lowest.high is not None and highest.low is not None:
        sure = "; their intervals overlap" if lowest.high >= highest.low else "; their intervals do not overlap"
    return (
        f"{name[:1].upper()}{name[1:]} runs from {words.number(low)} for {loser} to {words.number(high)} for {winner}, "
        f"a difference of {words.number(high - low)}{sure}."
    )
