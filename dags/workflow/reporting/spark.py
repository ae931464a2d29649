"""What Spark's stages did in each job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflow.reporting import words
from workflow.reporting.charts import ROW, bars
from workflow.reporting.figure import Figure, Grid
from workflow.reporting.palette import BAD, FIRST
from workflow.reporting.svg import picture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure as Canvas

    from penstock.spark_stages import SparkStages, StageSummary

MOST = 12


@dataclass(frozen=True, kw_only=True)
class Stages:
    """One job's summary, ready to be shown."""

    job: str
    facts: Mapping[str, str]
    figure: Figure | None


def stages(slug: str, job: str, found: SparkStages) -> Stages:
    """Totals as facts, the slowest stages as bars; `job` is the path of its report."""
    ran = found.stages - found.skipped_stages
    facts = {
        "Stages": f"{ran:,} ran, {found.skipped_stages:,} skipped, {found.failed_stages:,} failed",
        "Tasks": f"{found.tasks:,}, {found.failed_tasks:,} failed",
        "Executors": f"{words.seconds(found.executor_run_seconds)} busy, {words.seconds(found.executor_cpu_seconds)} "
        f"on the CPU, {words.seconds(found.gc_seconds)} collecting garbage",
        "Read": words.size(found.input_bytes),
        "Shuffled": f"{words.size(found.shuffle_write_bytes)} written, {words.size(found.shuffle_read_bytes)} read",
        "Spilled to disk": words.size(found.spill_bytes),
        "Largest heap": words.size(found.peak_heap_bytes),
    }
    return Stages(job=job, facts=facts, figure=_figure(slug, job, found))


def _figure(slug: str, job: str, found: SparkStages) -> Figure | None:
    shown = found.slowest[:MOST]
    if not shown:
        return None

    def draw(canvas: Canvas) -> None:
        labels = [each.name for each in shown]
        colours = [BAD if each.failed_tasks else FIRST for each in shown]
        bars(canvas.subplots(), labels, [each.seconds for each in shown], [_spent(each) for each in shown], colours)

    first = shown[0]
    says = f"The slowest: {first.name}, {words.seconds(first.seconds)} for {words.plural(first.tasks, 'task')}."
    return Figure(
        title=f"Slowest stages of {job}",
        says=says,
        svg=picture(slug, f"Spark stages of {job} by time. {says}", draw, height=24 + ROW * 1.2 * len(shown)),
        grid=_grid(job, found.slowest),
    )


def _spent(stage: StageSummary) -> str:
    failed = f", {stage.failed_tasks} failed" if stage.failed_tasks else ""
    return f"{words.seconds(stage.seconds)}{failed}"


def _grid(job: str, found: list[StageSummary]) -> Grid:
    rows = [
        [
            f"{each.number}: {each.name}",
            each.status,
            words.seconds(each.seconds),
            words.seconds(each.executor_seconds),
            f"{each.tasks:,}",
            f"{each.failed_tasks:,}",
            words.size(each.input_bytes),
            words.size(each.shuffle_read_bytes),
            words.size(each.shuffle_write_bytes),
            words.size(each.spill_bytes),
        ]
        for each in found
    ]
    header = [
        "stage",
        "status",
        "took",
        "in executors",
        "tasks",
        "failed",
        "read",
        "shuffle in",
        "shuffle out",
        "spilled",
    ]
    return Grid(caption=f"Slowest stages of {job}", header=header, rows=rows)
