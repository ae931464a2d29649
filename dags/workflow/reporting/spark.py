"""What Spark's stages did in each job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workflow.reporting import words
from workflow.reporting.charts import ROW, bars
from workflow.reporting.figure import Figure, Grid
from workflow.reporting.palette import FIRST
from workflow.reporting.svg import clean, picture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure as Canvas

MOST = 12


@dataclass(frozen=True, kw_only=True)
class Stages:
    """One job's summary, ready to be shown."""

    job: str
    facts: dict[str, str]
    figure: Figure | None


def stages(slug: str, job: str, summary: Mapping[str, Any]) -> Stages:
    """The summary as it is: its single values as facts, its stages as bars."""
    single = {key: each for key, each in summary.items() if isinstance(each, (int, float, str)) and key not in _OWN}
    found = [each for each in summary.get("stages", []) if isinstance(each, dict)]
    return Stages(
        job=job, facts={key: _shown(key, each) for key, each in single.items()}, figure=_figure(slug, job, found)
    )


def _figure(slug: str, job: str, found: list[Any]) -> Figure | None:
    timed = [each for each in found if isinstance(each.get("seconds"), (int, float))]
    if not timed:
        return None
    shown = sorted(timed, key=lambda each: -each["seconds"])[:MOST]

    def draw(canvas: Canvas) -> None:
        spent = [each["seconds"] for each in shown]
        texts = [words.seconds(each) for each in spent]
        bars(canvas.subplots(), [clean(each.get("name", "")) for each in shown], spent, texts, [FIRST] * len(shown))

    columns = list(dict.fromkeys(key for each in found for key in each))
    columns.sort(key=lambda key: key != "name")
    says = f"{words.plural(len(found), 'stage')}; the longest took {words.seconds(shown[0]['seconds'])}."
    return Figure(
        title=f"Stages of {job}",
        says=says,
        svg=picture(slug, f"Spark stages of {job} by time. {says}", draw, height=24 + ROW * 1.2 * len(shown)),
        grid=Grid(
            caption=f"Spark's stages of {job}",
            header=[words.label(key) for key in columns],
            rows=[[_shown(key, each.get(key, "")) for key in columns] for each in found],
        ),
    )


def _shown(key: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if key.endswith("bytes"):
        return words.size(value)
    return words.seconds(value) if key.endswith("seconds") else words.number(value)


_OWN = frozenset({"kind", "schema_version"})
