"""Judging models of several classes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from pyspark.ml.evaluation import MulticlassClassificationEvaluator
from pyspark.ml.functions import array_to_vector, vector_to_array
from pyspark.sql import functions as F

from penstock.assessment import ClassMetrics, ConfusionMatrix, Estimates
from spark_jobs.assessing.binary import EPSILON
from spark_jobs.assessing.case import KEYS, Case, Judge, Judged, Values, judged
from spark_jobs.assessing.contender import TRUTH_LABEL, Contender
from spark_jobs.assessing.intervals import Draws, ratio
from spark_jobs.assessing.labels import hidden, number_of
from spark_jobs.assessing.sums import Columns, Statistic, Sums

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

TRUE, SAID, HIT, LOSS = range(4)
STATISTICS = 4
MOST_SHOWN = 100
"""Classes of a confusion matrix that is written down."""
_EXACT = {
    "accuracy": "accuracy",
    "weighted_f1": "f1",
    "weighted_precision": "weightedPrecision",
    "weighted_recall": "weightedRecall",
    "log_loss": "logLoss",
}


def predict(case: Case, contender: Contender) -> DataFrame:
    """(truth, prediction, weight, own, vector) in the challenger's classes; `own` is the true class's probability."""
    predicted = contender.apply(hidden(case.held_out.table, case.recipe))
    numbers = F.array(*(F.lit(float(case.classes.index(name))) for name in contender.classes))
    prediction = F.get(numbers, F.col("prediction").cast("int")).alias("prediction")
    truth = number_of(F.col(TRUTH_LABEL), case.classes).alias("truth")
    given = "probability" in predicted.columns
    probabilities = (_ordered(contender, case) if given else F.array(F.lit(1.0))).alias("probabilities")
    rows = predicted.select(*KEYS, truth, prediction, case.weight, probabilities)
    own = F.coalesce(F.get("probabilities", F.col("truth").cast("int")), F.lit(0.0))
    return rows.select(
        *KEYS,
        "truth",
        "prediction",
        "weight",
        own.alias("own"),
        array_to_vector(F.col("probabilities")).alias("vector"),
    )


def statistics(columns: Columns) -> list[Statistic]:
    """What rows add to: classes as they are and as they are said to be, hits by class, and the log loss."""
    truth, prediction = columns["truth"].astype(np.int64), columns["prediction"].astype(np.int64)
    weight = columns["weight"]
    loss = -np.log(np.clip(columns["own"], EPSILON, 1 - EPSILON))
    return [
        Statistic(weight, truth),
        Statistic(weight, prediction),
        Statistic(weight * (truth == prediction), truth),
        Statistic(weight * loss),
    ]


def metrics(sums: Sums, group: int, *, classes: int, probabilities: bool = True) -> Draws:
    """Every metric of one group; a class without predictions has precision and f1 0, as in MLlib."""
    true, said, hit = (sums.of(group, each, classes) for each in (TRUE, SAID, HIT))
    rows = true.sum(axis=0)
    share = ratio(true, rows)
    each = {
        "weighted_f1": ratio(2 * hit, true + said),
        "weighted_precision": ratio(hit, said),
        "weighted_recall": ratio(hit, true),
    }
    found: Draws = {"accuracy": ratio(hit.sum(axis=0), rows)}
    found |= {name: (share * np.nan_to_num(value)).sum(axis=0) for name, value in each.items()}
    if probabilities:
        found["log_loss"] = ratio(sums.of(group, LOSS)[0], rows)
    return found


def judge(case: Case, contender: Contender, rows: DataFrame) -> Judged:
    """Metrics, each class against all others, and the confusion matrix unless it is too large to be read."""
    given = contender.model.hasParam("probabilityCol")
    found = partial(metrics, classes=len(case.classes), probabilities=given)
    sums = case.add_up(rows.drop("vector"), statistics, count=STATISTICS)
    draws = found(sums, 0)
    return judged(
        case,
        draws,
        _exact(rows, draws),
        confusion=_confusion(rows, case.classes) if len(case.classes) <= MOST_SHOWN else None,
        classes=_by_class(rows, sums, case.classes),
        segments=case.segments(sums, found),
    )


def baselines(case: Case, contender: Contender, rows: DataFrame) -> dict[str, Estimates]:
    """The most frequent class, with the shares of the training rows for probabilities."""
    label = F.col(case.recipe.label.column if case.recipe.label else "").cast("string").alias("name")
    found = case.training.select(case.weight, label).groupBy("name").agg(F.sum("weight").alias("weight")).collect()
    weights = {row["name"]: float(row["weight"]) for row in found}
    shares = [weights.get(name, 0.0) / sum(weights.values()) for name in case.classes]
    own = F.get(F.array(*map(F.lit, shares)), F.col("truth").cast("int"))
    same = rows.drop("vector").withColumns({"prediction": F.lit(float(np.argmax(shares))), "own": own})
    sums = case.add_up_all(same, statistics, count=STATISTICS)
    return {"majority_class": case.estimates(metrics(sums, 0, classes=len(case.classes)))}


def _ordered(contender: Contender, case: Case) -> Column:
    """The probabilities of the challenger's classes in their order, 0 for a class that nobody has learnt."""
    given, places = vector_to_array(F.col("probability")), {name: n for n, name in enumerate(contender.classes)}
    return F.array(*(given[places[name]] if name in places else F.lit(0.0) for name in case.classes))


def _exact(rows: DataFrame, draws: Draws) -> Values:
    evaluator = MulticlassClassificationEvaluator(labelCol="truth", weightCol="weight", probabilityCol="vector")
    return {name: evaluator.setMetricName(_EXACT[name]).evaluate(rows) for name in draws}  # type: ignore[arg-type]


def _confusion(rows: DataFrame, classes: list[str]) -> ConfusionMatrix:
    counts = {(row[0], row[1]): row[2] for row in rows.groupBy("truth", "prediction").count().collect()}
    numbers = [float(each) for each in range(len(classes))]
    return ConfusionMatrix(labels=classes, counts=[[counts.get((t, p), 0) for p in numbers] for t in numbers])


def _by_class(rows: DataFrame, sums: Sums, classes: list[str]) -> list[ClassMetrics]:
    counts = {row[0]: row[1] for row in rows.groupBy("truth").count().collect()}
    true, said, hit = (sums.of(0, each, len(classes))[:, 0] for each in (TRUE, SAID, HIT))
    return [
        ClassMetrics(
            label=name,
            rows=counts.get(float(n), 0),
            precision=_defined(ratio(hit[n], said[n])),
            recall=_defined(ratio(hit[n], true[n])),
            f1=_defined(ratio(2 * hit[n], true[n] + said[n])),
        )
        for n, name in enumerate(classes)
    ]


def _defined(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)


MULTICLASS = Judge(predict=predict, judge=judge, baselines=baselines)
