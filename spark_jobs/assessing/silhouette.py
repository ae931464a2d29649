"""The silhouette of every row by squared Euclidean distances, as MLlib's ClusteringEvaluator defines it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pyspark.ml.stat import Summarizer
from pyspark.sql import functions as F

from spark_jobs.assessing.sums import Columns, Statistic

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyspark.sql import DataFrame


@dataclass(frozen=True)
class Clusters:
    """What the distance of a point to all points of a cluster is made of, a row for each cluster."""

    numbers: NDArray[np.int64]
    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    squares: NDArray[np.float64]
    """The mean squared norm."""

    def statistics(self, columns: Columns) -> list[Statistic]:
        """What rows add to: their weights and silhouettes."""
        weight = columns["weight"]
        own = np.searchsorted(self.numbers, columns["prediction"].astype(np.int64))
        return [Statistic(weight), Statistic(weight * self.silhouettes(columns["point"], own, weight))]

    def silhouettes(self, points: Any, own: Any, weight: Any) -> Any:
        """Of points (rows, features) in their own clusters; 0 for a point that is alone."""
        norms = (points**2).sum(axis=1)[:, np.newaxis]
        distances = np.maximum(norms + self.squares - 2 * points @ self.means.T, 0.0)
        rows = np.arange(len(points))
        others = self.weights[own] - weight
        with np.errstate(divide="ignore", invalid="ignore"):
            inside = distances[rows, own] * self.weights[own] / others
        distances[rows, own] = np.inf
        outside = distances.min(axis=1)
        largest = np.maximum(inside, outside)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.where(largest == 0, 0.0, (outside - inside) / largest)
        return np.where(others <= 0, 0.0, found)


def describe_clusters(rows: DataFrame) -> Clusters:
    """One pass over rows (prediction, features, weight)."""
    summary = Summarizer.metrics("mean", "normL2").summary(F.col("features"), F.col("weight"))
    of = (summary.alias("of"), F.sum("weight").alias("weight"))
    found = sorted(rows.groupBy("prediction").agg(*of).collect(), key=lambda row: row["prediction"])
    weights = np.array([row["weight"] for row in found])
    norms = np.array([(row["of"]["normL2"].toArray() ** 2).sum() for row in found])
    return Clusters(
        numbers=np.array([row["prediction"] for row in found], dtype=np.int64),
        weights=weights,
        means=np.array([row["of"]["mean"].toArray() for row in found]),
        squares=norms / weights,
    )
