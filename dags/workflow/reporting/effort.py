"""What the run took: time by task and money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow.reporting import words
from workflow.reporting.charts import ROW, bars, name_rows
from workflow.reporting.figure import Figure, Grid
from workflow.reporting.palette import FIRST, IDLE, SECOND, STATES
from workflow.reporting.svg import picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

    from penstock.cost import PricedDocument
    from penstock.run_report import RunReport, TaskTiming

MOST = 60
GANTT_WIDTH = 640.0
MARKS = {"failed": "✕ ", "upstream_failed": "✕ ", "skipped": f"{words.NONE} ", "removed": f"{words.NONE} "}
"""Before the time of a task that did not succeed."""


def gantt(slug: str, report: RunReport) -> Figure | None:
    """When each task began and how long it took; where Airflow does not tell when, only how long."""
    ran = [each for each in report.tasks if each.seconds is not None][:MOST]
    if not ran:
        return None
    timed = all(each.began is not None for each in ran)
    unit, per = _unit(max((each.began or 0.0) + (each.seconds or 0.0) for each in ran))

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        starts = [(each.began or 0.0) / per if timed else 0.0 for each in ran]
        lengths = [(each.seconds or 0.0) / per for each in ran]
        farthest = max(a + b for a, b in zip(starts, lengths, strict=True)) or 1.0
        for place, (each, start, length) in enumerate(zip(ran, starts, lengths, strict=True)):
            bad = each.state in MARKS
            colour = STATES.get(each.state, IDLE) if bad else FIRST
            axes.barh(place, max(length, farthest / 400), left=start, height=0.6, color=colour)
            axes.annotate(
                f"{MARKS.get(each.state, '')}{words.seconds(each.seconds)}",
                (start + length, place),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=11,
            )
        name_rows(axes, [each.task_id for each in ran], longest=44)
        axes.set_xlim(0, farthest * 1.16)
        axes.set_xlabel(f"{unit} since the run began" if timed else unit)

    longest = max(ran, key=lambda each: each.seconds or 0.0)
    says = (
        f"{words.plural(len(ran), 'task')} ran; the longest, {longest.task_id}, took {words.seconds(longest.seconds)}."
    )
    return Figure(
        title="Time by task",
        says=says,
        svg=picture(slug, f"Bars of time by task. {says}", draw, height=50 + ROW * len(ran), width=GANTT_WIDTH),
        grid=task_grid(report.tasks),
        wide=True,
    )


def task_grid(tasks: list[TaskTiming]) -> Grid:
    """Every task that has ended, ran or not."""
    rows = [
        [
            each.task_id,
            words.label(each.state),
            words.seconds(each.seconds),
            words.NONE if each.began is None else f"{words.seconds(each.began)}",
            words.NONE if each.tries is None else str(each.tries),
        ]
        for each in tasks
    ]
    failed = frozenset(place for place, each in enumerate(tasks) if each.state == "failed")
    header = ["task", "state", "took", "began after", "tries"]
    return Grid(caption="Tasks, in the order in which they began", header=header, rows=rows, marked=failed)


def charges(slug: str, name: str, priced: PricedDocument | None) -> Figure | None:
    """What each charge is of the sum."""
    known = sorted(((line.usd, line) for line in priced.lines if line.usd), key=lambda each: -each[0]) if priced else []
    if not priced or not known:
        return None
    shown = known[:12]

    def draw(canvas: Canvas) -> None:
        amounts = [usd for usd, _ in shown]
        labels = [line.item for _, line in shown]
        bars(canvas.subplots(), labels, amounts, [f"${usd:.4f}" for usd in amounts], [FIRST] * len(shown))

    says = f"The largest charge: {known[0][1].item}, ${known[0][0]:.4f} of ${priced.usd:.4f}."
    return Figure(
        title=name,
        says=says,
        svg=picture(slug, f"{name} by charge. {says}", draw, height=24 + ROW * 1.2 * len(shown)),
        grid=charge_grid(name, priced),
    )


def charge_grid(name: str, priced: PricedDocument) -> Grid:
    """Every charge, as on a bill."""
    rows = [
        [
            f"{line.name}: {line.item}",
            str(line.count),
            f"{line.quantity:.3f} {line.unit}",
            "unknown" if line.usd_per_unit is None else f"${line.usd_per_unit:.4f}",
            "unknown" if line.usd is None else f"${line.usd:.4f}",
        ]
        for line in priced.lines
    ]
    return Grid(caption=f"{name} by charge", header=["charge", "count", "quantity", "price", "amount"], rows=rows)


def compared(slug: str, report: RunReport) -> Figure | None:
    """The estimate beside what was measured."""
    if not report.cost or not report.cost_estimate:
        return None
    typical = report.cost_estimate.typical_usd
    rows = [("at most, as estimated", report.cost_estimate.usd, SECOND)]
    rows += [("typical, as estimated", typical, SECOND)] if typical is not None else []
    rows += [("measured", report.cost.usd, FIRST)]

    def draw(canvas: Canvas) -> None:
        texts = [f"${usd:.4f}" for _, usd, _ in rows]
        colours = [colour for _, _, colour in rows]
        bars(canvas.subplots(), [name for name, _, _ in rows], [usd for _, usd, _ in rows], texts, colours)

    says = f"Measured ${report.cost.usd:.4f}; the estimate allowed ${report.cost_estimate.usd:.4f}."
    return Figure(
        title="Estimated and measured",
        says=says,
        svg=picture(slug, f"Cost. {says}", draw, height=30 + ROW * 1.5 * len(rows)),
        grid=Grid(
            caption="Cost", header=["which", "US dollars"], rows=[[name, f"${usd:.4f}"] for name, usd, _ in rows]
        ),
    )


def _unit(seconds: float) -> tuple[str, float]:
    if seconds < 3 * words.MINUTE:
        return "seconds", 1.0
    return ("minutes", float(words.MINUTE)) if seconds < 3 * words.HOUR else ("hours", float(words.HOUR))
