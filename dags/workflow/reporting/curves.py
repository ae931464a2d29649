"""Pictures of a binary model: ROC, precision and recall, calibration, threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow.reporting import words
from workflow.reporting.charts import CHALLENGER, CHAMPION, OTHERS, lines, unit_square
from workflow.reporting.figure import Figure, Grid, thinned
from workflow.reporting.palette import DIM, FIRST, INK
from workflow.reporting.svg import picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

    from penstock.assessment import Curve, Judgement, ThresholdPoint

HEIGHT = 300.0


def roc(slug: str, judged: Judgement, champion: Judgement | None) -> Figure | None:
    """Receiver operating characteristic; the diagonal is guessing."""
    if not judged.roc:
        return None
    other = champion.roc if champion else None

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        axes.plot([0, 1], [0, 1], color=DIM, linewidth=1, linestyle=(0, (1, 2)))
        _curves(axes, judged.roc, other, "false positive rate", "true positive rate")

    says = f"Area under it {_of(judged, 'roc_auc')}{_beside(champion, 'roc_auc')}. The dotted diagonal is guessing."
    return Figure(
        title="ROC curve",
        says=says,
        svg=picture(slug, f"ROC curve. {says}", draw, height=HEIGHT),
        grid=_curve_grid("ROC curve of this model", judged.roc, "false positive rate", "true positive rate"),
    )


def precision_recall(slug: str, judged: Judgement, champion: Judgement | None) -> Figure | None:
    """Precision over recall."""
    if not judged.precision_recall:
        return None
    other = champion.precision_recall if champion else None

    def draw(canvas: Canvas) -> None:
        _curves(canvas.subplots(), judged.precision_recall, other, "recall", "precision")

    says = f"Area under it {_of(judged, 'pr_auc')}{_beside(champion, 'pr_auc')}."
    return Figure(
        title="Precision and recall",
        says=says,
        svg=picture(slug, f"Precision-recall curve. {says}", draw, height=HEIGHT),
        grid=_curve_grid("Precision-recall curve of this model", judged.precision_recall, "recall", "precision"),
    )


def calibration(slug: str, judged: Judgement, *, of_probability: bool) -> Figure | None:
    """What was predicted against what was seen."""
    bins = judged.calibration
    if not bins:
        return None
    ends = [value for each in bins for value in (each.predicted, each.observed)]
    low, high = (0.0, 1.0) if of_probability else (min(ends), max(ends))
    most = max(each.rows for each in bins)

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        axes.plot([low, high], [low, high], color=DIM, linewidth=1, linestyle=(0, (1, 2)))
        x, y = [each.predicted for each in bins], [each.observed for each in bins]
        axes.plot(x, y, color=FIRST, linewidth=1.2)
        axes.scatter(x, y, s=[14 + 50 * each.rows / most for each in bins], color=FIRST, zorder=3)
        axes.set_xlabel("mean predicted probability" if of_probability else "mean prediction")
        axes.set_ylabel("share of positive rows" if of_probability else "mean label")

    worst = max(bins, key=lambda each: abs(each.predicted - each.observed))
    says = (
        f"On the dotted diagonal, what is predicted is what happens. Farthest from it: predicted "
        f"{words.number(worst.predicted)}, observed {words.number(worst.observed)} ({words.plural(worst.rows, 'row')})."
    )
    rows = [[f"{each.rows:,}", words.number(each.predicted), words.number(each.observed)] for each in bins]
    return Figure(
        title="Calibration",
        says=says,
        svg=picture(slug, f"Calibration. {says}", draw, height=HEIGHT),
        grid=Grid(caption="Calibration by bins", header=["rows", "predicted", "observed"], rows=rows),
    )


def sweep(slug: str, judged: Judgement) -> Figure | None:
    """What every threshold would do; the chosen one is marked."""
    points = judged.sweep
    if not points:
        return None
    chosen = _chosen(points, judged.threshold)
    costs = any(each.cost is not None for each in points)

    def draw(canvas: Canvas) -> None:
        upper, *lower = canvas.subplots(2 if costs else 1, 1, sharex=True, squeeze=False)[:, 0]
        x = [each.threshold for each in points]
        named = (("precision", CHALLENGER), ("recall", CHAMPION), ("f1", OTHERS[0]))
        lines(upper, [(name, x, [getattr(each, name) for each in points], pen) for name, pen in named])
        for axes in lower:
            lines(axes, [("cost", x, [each.cost for each in points], OTHERS[1])])
            axes.set_ylabel("mean cost")
        for axes in [upper, *lower]:
            axes.axvline(points[chosen].threshold, color=INK, linewidth=1, linestyle=(0, (1, 1.5)))
        [upper, *lower][-1].set_xlabel("threshold")

    at = points[chosen]
    price = "" if at.cost is None else f", mean cost {words.number(at.cost)}"
    says = (
        f"The dotted line is the threshold in use, {words.number(judged.threshold or at.threshold)}: precision "
        f"{words.number(at.precision)}, recall {words.number(at.recall)}, F1 {words.number(at.f1)}{price}."
    )
    return Figure(
        title="Threshold",
        says=says,
        svg=picture(slug, f"Threshold sweep. {says}", draw, height=HEIGHT * (1.35 if costs else 1)),
        grid=_sweep_grid(points, chosen),
    )


def _curves(axes: Axes, curve: Curve | None, champion: Curve | None, x_label: str, y_label: str) -> None:
    named = (("champion", champion, CHAMPION), ("this model", curve, CHALLENGER))
    lines(axes, [(name, each.x, each.y, pen) for name, each, pen in named if each])
    unit_square(axes, x_label, y_label)


def _curve_grid(caption: str, curve: Curve, x_label: str, y_label: str) -> Grid:
    picked = thinned(min(len(curve.x), len(curve.y)))
    rows = [[words.number(curve.x[each]), words.number(curve.y[each])] for each in picked]
    return Grid(caption=caption, header=[x_label, y_label], rows=rows)


def _chosen(points: list[ThresholdPoint], threshold: float | None) -> int:
    wanted = 0.5 if threshold is None else threshold
    return min(range(len(points)), key=lambda each: abs(points[each].threshold - wanted))


def _sweep_grid(points: list[ThresholdPoint], chosen: int) -> Grid:
    picked = thinned(len(points), keep=chosen)
    header = ["threshold", "precision", "recall", "F1", "accuracy", "mean cost"]
    rows = []
    for each in picked:
        point = points[each]
        first = words.number(point.threshold) + (" (in use)" if each == chosen else "")
        measured = (point.precision, point.recall, point.f1, point.accuracy, point.cost)
        rows.append([first, *map(words.number, measured)])
    return Grid(caption="Thresholds", header=header, rows=rows, marked=frozenset({picked.index(chosen)}))


def _of(judged: Judgement, metric: str) -> str:
    return words.estimate(judged.metrics.get(metric))


def _beside(champion: Judgement | None, metric: str) -> str:
    return f"; the champion's {_of(champion, metric)}" if champion else ""
