"""Curves, calibration and sweep of a binary model: pure functions of its score bins."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from penstock.assessment import CalibrationBin, Curve, ThresholdPoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from penstock.recipe.values import Costs
    from spark_jobs.transforms.cuts import Cut
    from spark_jobs.transforms.score_bins import ScoreBin

T = TypeVar("T")
MOST_POINTS = 200
SWEPT = 50
TENTHS = 10


def roc(every: Sequence[Cut]) -> Curve | None:
    """False against true positive rate, from (0, 0) to (1, 1); None unless there are both classes."""
    last = every[-1]
    if not last.true_positive or not last.false_positive:
        return None
    shown = thin(every, MOST_POINTS)
    return Curve(
        x=[each.false_positive / last.false_positive for each in shown],
        y=[each.true_positive / last.true_positive for each in shown],
    )


def precision_recall(every: Sequence[Cut]) -> Curve | None:
    """Recall against precision, from the first precision at recall 0; None without a positive row."""
    last = every[-1]
    if not last.true_positive:
        return None
    shown = thin(every[1:], MOST_POINTS - 1)
    precision = [each.true_positive / (each.true_positive + each.false_positive) for each in shown]
    recall = [each.true_positive / last.true_positive for each in shown]
    return Curve(x=[0.0, *recall], y=[precision[0], *precision])


def sweep(every: Sequence[Cut], costs: Costs | None) -> list[ThresholdPoint]:
    """What the model would do at some of its thresholds, the lowest first."""
    return [_point(each, costs) for each in reversed(thin(every, SWEPT))]


def calibration(bins: Sequence[ScoreBin]) -> list[CalibrationBin]:
    """Tenths of the rows by score, the lowest first; equal scores are never torn apart."""
    total, seen = sum(each.rows for each in bins), 0
    tenths: dict[int, list[ScoreBin]] = {}
    for each in reversed(bins):
        tenths.setdefault(int(TENTHS * (seen + each.rows / 2) / total), []).append(each)
        seen += each.rows
    return [_calibrated(part) for part in tenths.values()]


def thin(points: Sequence[T], most: int) -> list[T]:
    """At most so many of them, evenly spaced, with the first and the last."""
    if len(points) <= most:
        return list(points)
    return [points[round(index * (len(points) - 1) / (most - 1))] for index in range(most)]


def _calibrated(part: Sequence[ScoreBin]) -> CalibrationBin:
    weight = sum(each.negative + each.positive for each in part) or float("nan")
    return CalibrationBin(
        rows=sum(each.rows for each in part),
        predicted=sum(each.predicted for each in part) / weight,
        observed=sum(each.positive for each in part) / weight,
    )


def _point(cut: Cut, costs: Costs | None) -> ThresholdPoint:
    return ThresholdPoint(
        threshold=cut.threshold,
        precision=_share(cut.true_positive, cut.true_positive + cut.false_positive),
        recall=_share(cut.true_positive, cut.true_positive + cut.false_negative),
        f1=_share(2 * cut.true_positive, 2 * cut.true_positive + cut.false_positive + cut.false_negative),
        accuracy=(cut.true_positive + cut.true_negative) / cut.total,
        cost=cut.cost(costs) if costs else None,
    )


def _share(above: float, below: float) -> float | None:
    return above / below if below else None
