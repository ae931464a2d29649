"""Challenger, champion and baselines, metric by metric, whichever document they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from penstock.estimate import Estimate
from penstock.mllib.problems import Problem, judged_by
from workflow.reporting import words
from workflow.reporting.charts import CHALLENGER, CHAMPION, OTHERS, ROW, Dot, dots
from workflow.reporting.figure import Figure, Grid
from workflow.reporting.svg import picture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure as Canvas

    from penstock.assessment import Assessment
    from penstock.documents import Evaluation
    from penstock.run_report import ModelRecord

LOWER_IS_BETTER = frozenset({"rmse", "mae"})
"""Of a recommender's metrics."""
NEITHER_IS_BETTER = frozenset({"popularity_bias_at_k"})
"""It is best at 0."""
MOST_PANELS = 9
LEGEND = (
    "Arrows say which way is better. Markers are values, lines are intervals. "
    "At the right: what the gain over the champion is."
)


@dataclass(frozen=True, kw_only=True)
class Contest:
    """One metric of all contenders, on the same held-out rows."""

    metric: str
    higher_is_better: bool | None
    """None where nobody says."""
    challenger: Estimate
    champion: Estimate | None
    baselines: Mapping[str, Estimate]
    gain: Estimate | None
    """Challenger minus champion, paired."""

    @property
    def finding(self) -> str:
        """What the gain means, in words; noise where its interval includes 0."""
        gain = self.gain
        if gain is None or gain.value is None:
            return words.NONE
        if gain.low is None or gain.high is None:
            return "no interval"
        if gain.low <= 0 <= gain.high:
            return "within noise"
        if self.higher_is_better is None:
            return "higher" if gain.value > 0 else "lower"
        return "better" if (gain.value > 0) is self.higher_is_better else "worse"

    @property
    def dots(self) -> list[Dot]:
        """The contenders that have this metric."""
        champion = [Dot("champion", self.champion, CHAMPION)] if self.champion else []
        trivial = [
            Dot(words.label(name), found, OTHERS[place % len(OTHERS)])
            for place, (name, found) in enumerate(self.baselines.items())
        ]
        rows = [Dot("this model", self.challenger, CHALLENGER), *champion, *trivial]
        return [row for row in rows if row.value.value is not None]


def contests(record: ModelRecord) -> list[Contest]:
    """Every metric that the challenger has; empty for a model that was not judged."""
    if record.assessment:
        return _assessed(record.assessment)
    return _evaluated(record.evaluation) if record.evaluation else []


def _assessed(found: Assessment) -> list[Contest]:
    known = judged_by(Problem(found.problem)) if found.problem in list(Problem) else {}
    champion = found.champion.metrics if found.champion else {}
    return [
        Contest(
            metric=metric,
            higher_is_better=known.get(metric),
            challenger=value,
            champion=champion.get(metric),
            baselines={name: each[metric] for name, each in found.baselines.items() if metric in each},
            gain=found.gains.get(metric),
        )
        for metric, value in found.challenger.metrics.items()
    ]


def _evaluated(found: Evaluation) -> list[Contest]:
    champion = found.champion or {}
    return [
        Contest(
            metric=metric,
            higher_is_better=None if metric in NEITHER_IS_BETTER else metric not in LOWER_IS_BETTER,
            challenger=found.intervals.get(metric, Estimate(value=value)),
            champion=Estimate(value=champion[metric]) if metric in champion else None,
            baselines={name: Estimate(value=each[metric]) for name, each in found.baselines.items() if metric in each},
            gain=found.gains.get(metric),
        )
        for metric, value in found.challenger.items()
    ]


def contest_figure(slug: str, found: list[Contest]) -> Figure | None:
    """A panel for each metric, a row for each contender."""
    shown = [each for each in found if each.challenger.value is not None][:MOST_PANELS]
    if not shown:
        return None
    sizes = [len(each.dots) for each in shown]

    def draw(canvas: Canvas) -> None:
        panels = canvas.subplots(len(shown), 1, height_ratios=[rows + 1.6 for rows in sizes], squeeze=False)
        for axes, each in zip(panels[:, 0], shown, strict=True):
            dots(axes, each.dots)
            axes.set_title(f"{words.label(each.metric)}{_direction(each)}")
            if each.finding != words.NONE:
                axes.set_title(each.finding, loc="right", fontsize=10.5)

    says = "; ".join(_sentence(each) for each in shown)
    svg = picture(slug, f"Metrics with their intervals. {says}.", draw, height=ROW * sum(sizes) + 48 * len(shown))
    return Figure(
        title="Metrics on the held-out rows",
        says=LEGEND,
        svg=svg,
        grid=_drawn(shown),
        tall=len(shown) > 3,  # noqa: PLR2004
    )


def contest_grid(found: list[Contest]) -> Grid:
    """All metrics as numbers."""
    baselines = list(dict.fromkeys(name for each in found for name in each.baselines))
    return Grid(
        caption="Metrics, with intervals in brackets",
        header=["metric", "better is", "this model", "champion", "gain", "finding", *map(words.label, baselines)],
        rows=[
            [
                words.label(each.metric),
                {True: "higher", False: "lower", None: words.NONE}[each.higher_is_better],
                words.estimate(each.challenger),
                words.estimate(each.champion),
                words.estimate(each.gain, sign=True),
                each.finding,
                *(words.estimate(each.baselines.get(name)) for name in baselines),
            ]
            for each in found
        ],
    )


def _drawn(found: list[Contest]) -> Grid:
    rows = [
        [words.label(each.metric), dot.label, *map(words.number, (dot.value.value, dot.value.low, dot.value.high))]
        for each in found
        for dot in each.dots
    ]
    header = ["metric", "of", "value", "from", "to"]
    return Grid(caption="Values and the ends of their intervals", header=header, rows=rows)


def _direction(each: Contest) -> str:
    return {True: " ↑", False: " ↓", None: ""}[each.higher_is_better]


def _sentence(each: Contest) -> str:
    against = f", champion {words.number(each.champion.value)}, {each.finding}" if each.champion else ""
    return f"{words.label(each.metric)} {words.number(each.challenger.value)}{against}"
