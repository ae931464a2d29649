"""What a model without labels found: clusters and topics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow.reporting import words
from workflow.reporting.charts import ROW, bars, heat
from workflow.reporting.figure import Figure, Grid
from workflow.reporting.palette import FIRST
from workflow.reporting.svg import picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

    from penstock.assessment import Cluster, Judgement

MOST = 20
"""Clusters, columns or topics that are drawn; tables have all."""
TERMS = 10


def sizes(slug: str, judged: Judgement) -> Figure | None:
    """How many rows each cluster has."""
    found = judged.clusters
    if not found:
        return None
    shown, total = found[:MOST], sum(each.rows for each in found)

    def draw(canvas: Canvas) -> None:
        labels = [f"cluster {each.number}" for each in shown]
        texts = [f"{each.rows:,} ({words.percent(each.rows, total)})" for each in shown]
        bars(canvas.subplots(), labels, [each.rows for each in shown], texts, [FIRST] * len(shown))

    largest, smallest = max(found, key=lambda each: each.rows), min(found, key=lambda each: each.rows)
    says = (
        f"{words.plural(len(found), 'cluster')} of {words.plural(total, 'row')}; the largest, {largest.number}, has "
        f"{words.percent(largest.rows, total)}, the smallest, {smallest.number}, {words.percent(smallest.rows, total)}."
    )
    rows = [[f"cluster {each.number}", f"{each.rows:,}", words.percent(each.rows, total)] for each in found]
    return Figure(
        title="Cluster sizes",
        says=says,
        svg=picture(slug, f"Cluster sizes. {says}", draw, height=24 + ROW * len(shown) * 1.3),
        grid=Grid(caption="Clusters", header=["cluster", "rows", "share"], rows=rows),
    )


def means(slug: str, judged: Judgement) -> Figure | None:
    """Mean of each column in each cluster, shaded by how far it is from the mean of all clusters."""
    found = judged.clusters
    columns = list(dict.fromkeys(name for each in found for name in each.means))
    if not columns:
        return None
    shown, named = found[:MOST], columns[:MOST]
    shades = {name: _shades(name, found) for name in named}

    def draw(canvas: Canvas) -> None:
        heat(
            canvas.subplots(),
            [[shades[name][place] for place in range(len(shown))] for name in named],
            [[words.number(each.means.get(name)) for each in shown] for name in named],
            columns=[str(each.number) for each in shown],
            rows=named,
        )

    says = (
        "Columns down, clusters across. Blue is above the mean of all rows, the other shade below it, and the fullest "
        f"shade is the farthest cluster. {_tellingest(shades, shown)}"
    )
    rows = [[name, *(words.number(each.means.get(name)) for each in found)] for name in columns]
    wide = len(shown) > 6  # noqa: PLR2004
    return Figure(
        title="Cluster means",
        says=says,
        svg=picture(
            slug,
            f"Heat map of cluster means. {says}",
            draw,
            height=50 + 24 * len(named),
            width=max(360.0, 130 + 48 * len(shown)),
        ),
        grid=Grid(
            caption="Mean of each column", header=["column", *(f"cluster {each.number}" for each in found)], rows=rows
        ),
        wide=wide,
    )


def topics(slug: str, judged: Judgement) -> Figure | None:
    """Each topic's share, named by its first terms."""
    found = judged.topics
    if not found:
        return None
    shown = found[:MOST]

    def draw(canvas: Canvas) -> None:
        labels = [f"{each.number}: {', '.join(term.name for term in each.terms[:2])}" for each in shown]
        texts = [f"{each.share:.1%}" for each in shown]
        bars(canvas.subplots(), labels, [each.share for each in shown], texts, [FIRST] * len(shown))

    largest = max(found, key=lambda each: each.share)
    first = ", ".join(term.name for term in largest.terms[:5])
    says = f"{words.plural(len(found), 'topic')}; the largest has {largest.share:.1%} of the words: {first}."
    rows = [
        [f"topic {each.number}", f"{each.share:.1%}", ", ".join(term.name for term in each.terms[:TERMS])]
        for each in found
    ]
    return Figure(
        title="Topics",
        says=says,
        svg=picture(slug, f"Shares of topics. {says}", draw, height=24 + ROW * len(shown) * 1.3),
        grid=Grid(caption="Topics and their terms, the heaviest first", header=["topic", "share", "terms"], rows=rows),
    )


def _shades(column: str, found: list[Cluster]) -> list[float]:
    """Distances from the mean of all rows, as shares of the largest; a cluster without the column is at the mean."""
    known = [(each.means[column], each.rows) for each in found if column in each.means]
    weight = sum(rows for _, rows in known)
    centre = sum(value * rows for value, rows in known) / weight if weight else 0.0
    away = [each.means.get(column, centre) - centre for each in found]
    farthest = max(map(abs, away), default=0.0)
    return [each / farthest if farthest else 0.0 for each in away]


def _tellingest(shades: dict[str, list[float]], shown: list[Cluster]) -> str:
    """For each cluster the column in which it stands out the most, as long as there are few."""
    if len(shown) > 6:  # noqa: PLR2004
        return ""
    told = []
    for place, each in enumerate(shown):
        column = max(shades, key=lambda name: abs(shades[name][place]))
        told.append(f"cluster {each.number} by {'high' if shades[column][place] > 0 else 'low'} {words.label(column)}")
    return f"What stands out: {', '.join(told)}."
