r"""Factors for a user whom the model was not trained with, by the equation that MLlib gives every user.

Implicit feedback: a user who chose n items, each with the rating r, has the x that solves

    (Y'Y + sum alpha |r| y y' + regParam n I) x = sum (1 + alpha |r|) y        over the factors y of the chosen items

which is Y'C Y and Y'C p of Hu, Koren, Volinsky, "Collaborative Filtering for Implicit Feedback Datasets" (ICDM 2008),
equation 4, with the regularisation weighted by the number of ratings as in Zhou et al., "Large-scale Parallel
Collaborative Filtering for the Netflix Prize" (AAIM 2008); so does org.apache.spark.ml.recommendation.ALS
(computeFactors). Ratings are ones here (spark_jobs/als.py, feedback).

Explicit ratings: (sum y y' + regParam n I) x = sum r y.

MLlib finds the users' factors last, from the final items' factors. So the equation gives a trained user's factors back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

BLOCK = 65_536
"""Rows that are made float64 at once: 32 MiB at rank 64."""


def gram(factors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Y'Y."""
    total = np.zeros((factors.shape[1], factors.shape[1]))
    for start in range(0, len(factors), BLOCK):
        part = factors[start : start + BLOCK].astype(np.float64)
        total += part.T @ part
    return total


@dataclass(frozen=True, kw_only=True, eq=False)
class UserEquation:
    """The equation of one model."""

    factors: NDArray[np.float32]
    gram: NDArray[np.float64] | None
    """Y'Y for implicit feedback; None for explicit ratings, whose equation has none."""
    alpha: float
    reg_param: float

    def solve(self, items: NDArray[Any], ratings: NDArray[Any]) -> Vector:
        """The factors of a user who gave these positive ratings to the items at these positions; zeros for none."""
        chosen = self.factors[items].astype(np.float64)
        weights = ratings.astype(np.float64)
        left = self.reg_param * len(items) * np.eye(chosen.shape[1])
        if self.gram is None:
            left, right = left + chosen.T @ chosen, chosen.T @ weights
        else:
            confidence = self.alpha * np.abs(weights)
            left = left + self.gram + (chosen * confidence[:, None]).T @ chosen
            right = chosen.T @ (1 + confidence)
        return _solved(left, right)


def _solved(left: NDArray[np.float64], right: NDArray[np.float64]) -> Vector:
    try:
        found = np.linalg.solve(left, right)
    except np.linalg.LinAlgError:
        # Without regularisation fewer items than factors leave x open: the shortest of all solutions.
        found = np.linalg.lstsq(left, right)[0]
    return found.astype(np.float32)
