"""The hyper-parameters of ALS that may be searched, by MLlib's names and in MLlib's ranges.

A spec is checked against them when it is parsed, a job when it starts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Range:
    """What a parameter of ALS accepts, bounds included."""

    kind: type[int] | type[float]
    low: float
    high: float

    def accepts(self, value: object) -> bool:
        """Whether JSON's number fits: an int is a float, but True is no number."""
        number = isinstance(value, (int, self.kind)) and not isinstance(value, bool)
        return number and self.low <= value <= self.high  # type: ignore[operator]


PARAMETERS: Mapping[str, Range] = {
    "rank": Range(kind=int, low=1, high=1_000),
    "regParam": Range(kind=float, low=0.0, high=1_000.0),
    "alpha": Range(kind=float, low=0.0, high=10_000.0),
    "maxIter": Range(kind=int, low=1, high=1_000),
}
"""What may be searched; everything else of ALS follows from the objective, the split's seed and the data's size."""
