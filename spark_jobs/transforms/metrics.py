"""How good predictions and rankings are, by MLlib's evaluators, and by sums that can be resampled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from pyspark.ml.evaluation import RankingEvaluator, RegressionEvaluator
from pyspark.sql import functions as F

from spark_jobs.transforms.lists import LIST_METRICS
from spark_jobs.transforms.resample import KEY, resampled_sums

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyspark.sql import DataFrame

    from penstock.documents import Metrics

RANKING_METRICS = {
    "precision_at_k": "precisionAtK",
    "recall_at_k": "recallAtK",
    "ndcg_at_k": "ndcgAtK",
    "map_at_k": "meanAveragePrecisionAtK",
}
"""Penstock's name to RankingEvaluator's; definitions in org.apache.spark.mllib.evaluation.RankingMetrics."""
Samples = dict[str, "NDArray[np.float64]"]
"""Metric name to its value [0] and its values in the bootstrap's resamples [1:]; NaN where it is undefined."""


def rankings(top: DataFrame, relevant: DataFrame) -> DataFrame:
    """(user_id, prediction, label) for every user of `relevant` (user_id, item_ids); no prediction is an empty list."""
    wanted = relevant.withColumn("item_ids", F.col("item_ids").cast("array<double>"))
    wanted = wanted.withColumnRenamed("item_ids", "label")
    given = top.select("user_id", F.col("item_ids").cast("array<double>").alias("prediction"))
    joined = wanted.join(given, on="user_id", how="left")
    prediction = F.coalesce("prediction", F.array().cast("array<double>"))
    return joined.select("user_id", prediction.alias("prediction"), "label")


def relevant_items(held_out: DataFrame, threshold: float) -> DataFrame:
    """(user_id, item_ids): the held-out items that each user rated at least `threshold`; users without one are out."""
    liked = held_out.where(F.col("rating") >= F.lit(threshold))
    return liked.groupBy("user_id").agg(F.sort_array(F.collect_set("item_id")).alias("item_ids"))


def ranking_metric(ranked: DataFrame, name: str, *, k: int) -> float:
    """One metric of RANKING_METRICS over (prediction, label), the mean over users."""
    evaluator = RankingEvaluator(predictionCol="prediction", labelCol="label", metricName=RANKING_METRICS[name], k=k)  # type: ignore[arg-type]
    return float(evaluator.evaluate(ranked))


def list_samples(sums: Mapping[str, NDArray[np.float64]]) -> Samples:
    """LIST_METRICS from the sums of their columns over users (transforms.judged_lists)."""
    return {name: _ratio(sums[numerator], sums[denominator]) for name, (numerator, denominator) in LIST_METRICS.items()}


def rating_samples(predictions: DataFrame, resamples: int) -> Samples:
    """RMSE and MAE over (user_id, item_id, prediction, rating), resampled over rows."""
    error = F.col("prediction").cast("double") - F.col("rating").cast("double")
    key = F.xxhash64("user_id", "item_id").alias(KEY)
    rows = predictions.select(key, F.lit(1.0).alias("rows"), F.abs(error).alias("absolute"))
    sums = resampled_sums(rows.withColumn("squared", F.col("absolute") * F.col("absolute")), resamples)
    return {
        "rmse": np.sqrt(_ratio(sums["squared"], sums["rows"])),
        "mae": _ratio(sums["absolute"], sums["rows"]),
    }


def values_of(samples: Samples) -> Metrics:
    """The metrics' values; None where they are undefined."""
    return {name: float(each[0]) if np.isfinite(each[0]) else None for name, each in samples.items()}


def rating_metric(predictions: DataFrame, name: str) -> float:
    """One of RATING_METRICS over (prediction, rating)."""
    evaluator = RegressionEvaluator(predictionCol="prediction", labelCol="rating", metricName=name)  # type: ignore[arg-type]
    return float(evaluator.evaluate(predictions))


def _ratio(numerator: NDArray[np.float64], denominator: NDArray[np.float64]) -> NDArray[np.float64]:
    """NaN where nobody, or nothing, was drawn."""
    ratio = np.full(len(numerator), np.nan)
    np.divide(numerator, denominator, out=ratio, where=denominator > 0)
    return ratio
