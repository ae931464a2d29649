"""Judging clusterings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.ml.evaluation import ClusteringEvaluator
from pyspark.ml.functions import vector_to_array
from pyspark.sql import functions as F

from penstock.assessment import Cluster, Estimates
from spark_jobs.assessing.case import KEYS, Case, Judge, Judged, judged
from spark_jobs.assessing.intervals import Draws, fixed, ratio
from spark_jobs.assessing.silhouette import describe_clusters

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from spark_jobs.assessing.contender import Contender
    from spark_jobs.assessing.sums import Sums

MOST_FEATURES = 1_000
"""Of an interval: each row's distances are computed from its dense vector."""
MOST_MEANS = 50
_NUMBER = "penstock_number_"
_CLUSTER = "penstock_cluster"


def predict(case: Case, contender: Contender) -> DataFrame:
    """(prediction, features, weight, the numeric columns); the features are the challenger's for every contender.

    Distances between rows depend on scaling and choice of features: only in one space are two clusterings comparable.
    """
    challenger = case.challenger or contender
    predicted = contender.apply(case.held_out.table)
    if contender is not challenger:
        kept = predicted.select(*case.held_out.table.columns, F.col("prediction").alias(_CLUSTER))
        predicted = challenger.featurise(kept).withColumnRenamed(_CLUSTER, "prediction")
    features = F.col(challenger.model.getFeaturesCol()).alias("features")
    return predicted.select(*KEYS, "prediction", features, case.weight, *_numbers(case))


def judge(case: Case, contender: Contender, rows: DataFrame) -> Judged:
    """Silhouette, sizes and means; its interval is of the mean over rows, the clusters held fixed."""
    found = _clusters(case, rows)
    if len(found) < 2:  # noqa: PLR2004 - nothing to compare distances with
        return judged(case, {"silhouette": fixed(None, case.resamples)}, {}, clusters=found)
    value = ClusteringEvaluator(weightCol="weight").evaluate(rows)
    size = len(rows.first()["features"])  # type: ignore[index]  # there are rows, or nothing would be judged
    if size > MOST_FEATURES:
        return judged(case, {"silhouette": fixed(value, case.resamples)}, {}, clusters=found)
    point = vector_to_array(F.col("features")).alias("point")
    sums = case.add_up(rows.select(*KEYS, "prediction", "weight", point), describe_clusters(rows).statistics, count=2)
    draws = _metrics(sums, 0)
    return judged(case, draws, {"silhouette": value}, clusters=found, segments=case.segments(sums, _metrics))


def baselines(case: Case, contender: Contender, rows: DataFrame) -> dict[str, Estimates]:
    """None: all rows in one cluster have no silhouette."""
    return {}


def _metrics(sums: Sums, group: int) -> Draws:
    return {"silhouette": ratio(sums.of(group, 1)[0], sums.of(group, 0)[0])}


def _numbers(case: Case) -> list[Column]:
    names = case.recipe.columns.get("number", [])[:MOST_MEANS]
    return [F.col(name).cast("double").alias(f"{_NUMBER}{name}") for name in names]


def _clusters(case: Case, rows: DataFrame) -> list[Cluster]:
    names = [name for name in rows.columns if name.startswith(_NUMBER)]
    found = rows.groupBy("prediction").agg(F.count("*").alias("rows"), *(F.avg(name).alias(name) for name in names))
    return [
        Cluster(
            number=row["prediction"],
            rows=row["rows"],
            means={name[len(_NUMBER) :]: row[name] for name in names if row[name] is not None},
        )
        for row in sorted(found.collect(), key=lambda row: row["prediction"])
    ]


CLUSTERS = Judge(predict=predict, judge=judge, baselines=baselines)
