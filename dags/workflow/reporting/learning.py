"""How a model was chosen, and what it looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from penstock.estimate import Estimate
from workflow.reporting import words
from workflow.reporting.charts import CHALLENGER, OTHERS, ROW, Dot, bars, dots
from workflow.reporting.figure import Figure, Grid
from workflow.reporting.palette import FIRST, SECOND
from workflow.reporting.svg import picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure as Canvas

    from penstock.fitting import FitReport
    from penstock.run_report import ModelRecord

MOST_WEIGHTS = 20
MOST_TRIALS = 24


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A candidate of either kind of training."""

    params: dict[str, Any]
    metric: float | None
    std: float | None

    @property
    def estimate(self) -> Estimate:
        """The mean, with one standard deviation to either side where there are folds."""
        if self.metric is None or self.std is None:
            return Estimate(value=self.metric)
        return Estimate(value=self.metric, low=self.metric - self.std, high=self.metric + self.std)


def search(slug: str, record: ModelRecord) -> Figure | None:
    """Every candidate, mean ± standard deviation; a grid of one is no search."""
    metric, tried, best = _search_of(record)
    if len(tried) < 2 or all(each.metric is None for each in tried):  # noqa: PLR2004
        return None
    chosen = next((place for place, each in enumerate(tried) if each.params == best), -1)
    varied = _varied(tried)
    shown = tried[:MOST_TRIALS]

    def draw(canvas: Canvas) -> None:
        rows = [
            Dot(
                _name(each.params, varied) + (" ◀" if place == chosen else ""),
                each.estimate,
                CHALLENGER if place == chosen else OTHERS[2],
            )
            for place, each in enumerate(shown)
        ]
        axes = canvas.subplots()
        dots(axes, rows)
        axes.set_title(", ".join(varied), fontsize=11)
        axes.set_xlabel(words.label(metric))

    says = f"{words.plural(len(tried), 'candidate')}, compared by {words.label(metric)}. Chosen: {words.values(best)}."
    header = ["candidate", *map(words.label, varied), words.label(metric), "± std"]
    rows = [
        [
            f"{place + 1}{' (chosen)' if place == chosen else ''}",
            *(_shown(each.params.get(name)) for name in varied),
            words.number(each.metric),
            words.number(each.std),
        ]
        for place, each in enumerate(tried)
    ]
    marked = frozenset({chosen} if chosen >= 0 else ())
    return Figure(
        title="Search",
        says=says,
        svg=picture(slug, f"Candidates of the search. {says}", draw, height=70 + ROW * 1.15 * len(shown)),
        grid=Grid(caption="Candidates", header=header, rows=rows, marked=marked),
    )


def weights(slug: str, fit: FitReport | None) -> Figure | None:
    """The features that count most."""
    if not fit or not fit.weights:
        return None
    ranked = sorted(fit.weights, key=lambda each: (-abs(each.value), each.name))
    shown = ranked[:MOST_WEIGHTS]
    signed = any(each.value < 0 for each in shown)

    def draw(canvas: Canvas) -> None:
        bars(
            canvas.subplots(),
            [each.name for each in shown],
            [each.value for each in shown],
            [words.number(each.value) for each in shown],
            [FIRST if each.value >= 0 else SECOND for each in shown],
        )

    kind = words.label(fit.weights_are) or "weights"
    first = ", ".join(f"{each.name} ({words.number(each.value)})" for each in shown[:3])
    signs = " Bars to the left are negative." if signed else ""
    says = f"The largest {kind}: {first}.{signs}"
    return Figure(
        title=f"{kind[:1].upper()}{kind[1:]} of features",
        says=says,
        svg=picture(slug, f"{kind[:1].upper()}{kind[1:]} of features. {says}", draw, height=24 + ROW * len(shown)),
        grid=Grid(
            caption=f"Features by {kind}",
            header=["feature", kind],
            rows=[[each.name, words.number(each.value)] for each in ranked[:100]],
        ),
    )


def _search_of(record: ModelRecord) -> tuple[str, list[Tried], dict[str, Any]]:
    if record.fit:
        fit = record.fit
        tried = [Tried(params=each.params, metric=each.metric, std=each.std) for each in fit.candidates]
        return fit.metric or "", tried, fit.best
    if record.training:
        training = record.training
        points = [Tried(params=dict(each.params), metric=each.metric, std=None) for each in training.candidates]
        return training.metric, points, dict(training.best)
    return "", [], {}


def _varied(tried: Sequence[Tried]) -> list[str]:
    """The parameters in which the candidates differ."""
    names = dict.fromkeys(name for each in tried for name in each.params)
    return [name for name in names if len({repr(each.params.get(name)) for each in tried}) > 1]


def _name(params: dict[str, Any], varied: list[str]) -> str:
    return ", ".join(_shown(params.get(name)) for name in varied)


def _shown(value: object) -> str:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return words.number(float(value)) if is_number else str(value)  # type: ignore[arg-type]
