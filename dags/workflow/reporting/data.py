"""What was read, kept and refused, and what the checks found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow.reporting import words
from workflow.reporting.charts import ROW, bars, name_rows
from workflow.reporting.figure import Figure, Grid
from workflow.reporting.palette import BAD, DIM, FIRST, INK, SECOND, THIRD
from workflow.reporting.svg import picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

    from penstock.checks import ChecksReport
    from penstock.documents import DataReport

MOST = 20
MAJOR_SHIFT, SHIFT = 0.25, 0.1
"""Of the population stability index: Siddiqi, Credit Risk Scorecards, 2006."""


def rows(slug: str, data: DataReport) -> Figure | None:
    """Rows of every source: kept, superseded, quarantined."""
    if not data.sources:
        return None
    names = list(data.sources)[:MOST]
    parts = (
        ("kept", "good", FIRST, ""),
        ("superseded", "superseded", THIRD, ".."),
        ("quarantined", "quarantined", SECOND, "//"),
    )

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        for label, field, colour, hatch in parts:
            shares = [_share(data, name, field) for name in names]
            starts = [
                sum(_share(data, name, other) for _, other, _, _ in parts[: [p[1] for p in parts].index(field)])
                for name in names
            ]
            axes.barh(
                range(len(names)),
                shares,
                left=starts,
                height=0.62,
                color=colour,
                hatch=hatch,
                edgecolor=INK,
                lw=0,
                label=label,
            )
        name_rows(axes, names)
        axes.set_xlim(0, 1)
        axes.set_xticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)

    read = sum(each.read for each in data.sources.values())
    refused = sum(each.quarantined for each in data.sources.values())
    says = (
        f"{words.plural(read, 'row')} read, {refused:,} quarantined ({words.percent(refused, read)}), "
        f"{sum(each.superseded for each in data.sources.values()):,} superseded."
    )
    grid = [
        [
            name,
            *(f"{count:,}" for count in (each.read, each.good, each.superseded, each.quarantined)),
            words.percent(each.quarantined, each.read),
        ]
        for name, each in data.sources.items()
    ]
    header = ["source", "read", "kept", "superseded", "quarantined", "quarantined %"]
    return Figure(
        title="Rows by source",
        says=says,
        svg=picture(slug, f"Rows by source. {says}", draw, height=70 + ROW * 1.4 * len(names)),
        grid=Grid(caption="Rows by source", header=header, rows=grid),
    )


def reasons(slug: str, data: DataReport) -> Figure | None:
    """Why rows were refused."""
    ranked = sorted(data.quarantined_by_reason.items(), key=lambda each: (-each[1], each[0]))
    ranked = [each for each in ranked if each[1]]
    if not ranked:
        return None
    shown = ranked[:MOST]

    def draw(canvas: Canvas) -> None:
        counts = [count for _, count in shown]
        bars(
            canvas.subplots(),
            [name for name, _ in shown],
            counts,
            [f"{each:,}" for each in counts],
            [SECOND] * len(shown),
        )

    says = f"The most frequent reason: {ranked[0][0]} ({words.plural(ranked[0][1], 'row')})."
    return Figure(
        title="Why rows were quarantined",
        says=says,
        svg=picture(slug, f"Reasons of quarantine. {says}", draw, height=24 + ROW * 1.3 * len(shown)),
        grid=Grid(
            caption="Quarantined rows by reason",
            header=["reason", "rows"],
            rows=[[name, f"{count:,}"] for name, count in ranked],
        ),
    )


def drift(slug: str, checks: ChecksReport) -> Figure | None:
    """How far each column has moved from the champion's training data."""
    if not checks.drift:
        return None
    shown = checks.drift[:MOST]

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        values = [each.psi for each in shown]
        texts = [f"{each.psi:.3f}{_shift(each.psi)}" for each in shown]
        bars(axes, [each.column for each in shown], values, texts, [_colour(each.psi) for each in shown])
        for bound in (SHIFT, MAJOR_SHIFT):
            if max(values) * 1.3 > bound:
                axes.axvline(bound, color=DIM, linewidth=1, linestyle=(0, (1, 2)))

    worst = shown[0]
    says = (
        f"Population stability index against the champion's training rows: below {SHIFT} nothing of note, above "
        f"{MAJOR_SHIFT} a major shift. The largest is {worst.psi:.3f}, of {worst.column}."
    )
    return Figure(
        title="Drift since the champion",
        says=says,
        svg=picture(slug, f"Drift by column. {says}", draw, height=26 + ROW * 1.2 * len(shown)),
        grid=Grid(
            caption="Drift by column",
            header=["column", "PSI", "where most of it comes from"],
            rows=[[each.column, f"{each.psi:.4f}{_shift(each.psi)}", each.worst_bin] for each in checks.drift],
        ),
    )


def expectations(checks: ChecksReport) -> Grid | None:
    """Each expectation and what broke it."""
    if not checks.outcomes:
        return None
    rows = [
        [
            each.name,
            each.expression,
            each.action,
            f"{each.violations:,} ({words.percent(each.violations, checks.read)})" if each.violations else "none",
        ]
        for each in checks.outcomes
    ]
    broken = frozenset(place for place, each in enumerate(checks.outcomes) if each.violations)
    header = ["expectation", "expression", "a row that breaks it", "rows that do"]
    return Grid(caption=f"Expectations of {checks.read:,} rows", header=header, rows=rows, marked=broken)


def _share(data: DataReport, source: str, field: str) -> float:
    counts = data.sources[source]
    part: int = getattr(counts, field)
    return part / counts.read if counts.read else 0.0


def _shift(psi: float) -> str:
    return " major" if psi > MAJOR_SHIFT else " moved" if psi > SHIFT else ""


def _colour(psi: float) -> str:
    return BAD if psi > MAJOR_SHIFT else SECOND if psi > SHIFT else FIRST
