"""Percentile bootstrap intervals (Efron 1979) of metrics over the sample and its resamples."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from penstock.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from penstock.assessment import Estimates

LEAST_DEFINED = 0.5
"""Share of resamples in which a metric must be defined to have an interval."""
Draws = dict[str, "NDArray[np.float64]"]
"""A metric's values, of shape (1 + resamples,): the sample's comes first, NaN where it is undefined."""


def ratio(above: Any, below: Any) -> Any:
    """Element by element, NaN over 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below == 0, np.nan, above / below)


def fixed(value: float | None, resamples: int) -> Any:
    """A value without resamples: it has no interval."""
    draws = np.full(1 + resamples, np.nan)
    draws[0] = np.nan if value is None else value
    return draws


def estimates(draws: Draws, confidence: float, exact: Mapping[str, float | None] | None = None) -> Estimates:
    """Values and intervals; the values are those of `exact`, where it has them."""
    known = exact or {}
    return {name: _estimate(each, confidence, known.get(name)) for name, each in draws.items()}


def gains(challenger: Draws, champion: Draws, confidence: float, values: Mapping[str, tuple[Any, Any]]) -> Estimates:
    """Challenger minus champion in the same resamples, for the metrics that both have; `values` of the samples."""
    found = {}
    for name in challenger:
        if name in champion:
            new, old = values[name]
            exact = None if new is None or old is None else new - old
            found[name] = _estimate(challenger[name] - champion[name], confidence, exact)
    return found


def _estimate(draws: NDArray[np.float64], confidence: float, exact: float | None) -> Estimate:
    value = exact if exact is not None else float(draws[0])
    if not math.isfinite(draws[0]) or not math.isfinite(value):
        return Estimate(value=None)
    defined = draws[1:][np.isfinite(draws[1:])]
    if not len(defined) or len(defined) < LEAST_DEFINED * (len(draws) - 1):
        return Estimate(value=value)
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Estimate(value=value, low=float(low), high=float(high))
