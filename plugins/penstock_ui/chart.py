"""A metric over the versions of a model, as numbers for an SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from penstock_ui.registry import Model, Version

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 300, 120, 28, 28, 22, 24


@dataclass(frozen=True, kw_only=True)
class Point:
    """One version's value at its place."""

    x: float
    y: float
    value: float
    version: Version


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Points from the oldest version to the newest."""

    metric: str
    points: list[Point]

    @property
    def line(self) -> str:
        """For a polyline."""
        return " ".join(f"{each.x:g},{each.y:g}" for each in self.points)

    @property
    def words(self) -> str:
        """The same for who cannot see it."""
        values = ", ".join(f"version {each.version.number}: {each.value:.4g}" for each in self.points)
        return f"{self.metric} by version. {values}."


def charts(model: Model) -> list[Chart]:
    """One per metric that several versions have: a single value is in the table already."""
    drawn = [_chart(model, metric) for metric in model.metrics]
    return [each for each in drawn if len(each.points) > 1]


def _chart(model: Model, metric: str) -> Chart:
    known = [each for each in reversed(model.versions) if metric in each.metrics]
    values = [each.metrics[metric] for each in known]
    low, high = min(values), max(values)
    return Chart(
        metric=metric,
        points=[
            Point(x=_across(index, len(known)), y=_up(value, low, high), value=value, version=version)
            for index, (value, version) in enumerate(zip(values, known, strict=True))
        ],
    )


def _across(index: int, count: int) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * index / max(count - 1, 1), 1)


def _up(value: float, low: float, high: float) -> float:
    """Equal values stand in the middle."""
    inner = HEIGHT - TOP - BOTTOM
    return round(HEIGHT - BOTTOM - inner * ((value - low) / (high - low) if high > low else 0.5), 1)
