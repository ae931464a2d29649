"""The hyper-parameters of ALS that may be searched, by MLlib's names and in MLlib's ranges.

A spec is checked against them when it is parsed, a job when it starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from penstock.mllib.estimators import ESTIMATORS
from penstock.mllib.parameters import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping


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


def _searched(name: str, *, high: float, low: float = 0) -> Range:
    """MLlib's type and least value, with the largest that makes sense; no iteration at all leaves random factors."""
    found = ESTIMATORS["ALS"].params[name]
    kind = int if found.kind is Kind.INTEGER else float
    return Range(kind=kind, low=max(low, found.low or 0), high=high)


PARAMETERS: Mapping[str, Range] = {
    "rank": _searched("rank", high=1_000),
    "regParam": _searched("regParam", high=1_000.0),
    "alpha": _searched("alpha", high=10_000.0),
    "maxIter": _searched("maxIter", low=1, high=1_000),
}
"""What may be searched; everything else of ALS follows from the objective, the split's seed and the data's size."""
