"""How good predictions and rankings are, by MLlib's evaluators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.ml.evaluation import RankingEvaluator, RegressionEvaluator
from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from penstock.documents import Metrics

RANKING_METRICS = {
    "precision_at_k": "precisionAtK",
    "recall_at_k": "recallAtK",
    "ndcg_at_k": "ndcgAtK",
    "map_at_k": "meanAveragePrecisionAtK",
}
"""Penstock's name to RankingEvaluator's; definitions in org.apache.spark.mllib.evaluation.RankingMetrics."""
RATING_METRICS = ("rmse", "mae")


def rankings(top: DataFrame, relevant: DataFrame) -> DataFrame:
    """(user_id, prediction, label) for every user of `relevant` (user_id, item_ids); no prediction is an empty list."""
    wanted = relevant.select("user_id", F.col("item_ids").cast("array<double>").alias("label"))
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


def ranking_metrics(ranked: DataFrame, *, k: int, catalogue: int) -> Metrics:
    """Every ranking metric, and coverage: the share of the catalogue's items that anyone was recommended."""
    values: Metrics = {name: ranking_metric(ranked, name, k=k) for name in RANKING_METRICS}
    shown = ranked.select(F.explode("prediction")).distinct().count()
    return {**values, "coverage": shown / catalogue}


def rating_metrics(predictions: DataFrame) -> Metrics:
    """RMSE and MAE over (prediction, rating); None where there is no row."""
    if predictions.isEmpty():
        return dict.fromkeys(RATING_METRICS)
    return {name: rating_metric(predictions, name) for name in RATING_METRICS}


def rating_metric(predictions: DataFrame, name: str) -> float:
    """One of RATING_METRICS over (prediction, rating)."""
    evaluator = RegressionEvaluator(predictionCol="prediction", labelCol="rating", metricName=name)  # type: ignore[arg-type]
    return float(evaluator.evaluate(predictions))
