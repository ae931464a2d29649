"""A number that was measured on a sample, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A value, and the percentile bootstrap's interval (Efron 1979) where there is one; None where it is undefined."""

    value: float | None
    low: float | None = None
    high: float | None = None
