"""Judging binary models."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from pyspark.ml.evaluation import BinaryClassificationEvaluator, MulticlassClassificationEvaluator
from pyspark.ml.functions import array_to_vector, vector_to_array
from pyspark.sql import functions as F

from penstock.assessment import ConfusionMatrix, Estimates
from spark_jobs.assessing import binary, curves
from spark_jobs.assessing.case import KEYS, Case, Judge, Judged, Values, judged
from spark_jobs.assessing.contender import TRUTH_LABEL, Contender
from spark_jobs.assessing.labels import hidden, number_of
from spark_jobs.transforms.cuts import cuts
from spark_jobs.transforms.score_bins import score_bin, score_bins

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from spark_jobs.assessing.sums import Sums

HALF = 0.5
_BY_LABEL = {"f1": "fMeasureByLabel", "precision": "precisionByLabel", "recall": "recallByLabel"}
_PROBABILITY = "probability"


def predict(case: Case, contender: Contender) -> DataFrame:
    """(truth, prediction, weight, score, probability, bin): `score` ranks the rows, in [0, 1]."""
    predicted = contender.apply(hidden(case.held_out.table, case.recipe))
    truth = number_of(F.col(TRUTH_LABEL), contender.classes).alias("truth")
    rows = predicted.select(*KEYS, truth, "prediction", case.weight, *_scores(predicted))
    return rows.withColumn("bin", score_bin(F.col("score")))


def judge(case: Case, contender: Contender, rows: DataFrame) -> Judged:
    """Everything that a binary model is judged by; without probabilities what needs them is left out."""
    probabilities = _gives_probabilities(contender)
    metrics = partial(_metrics, case, probabilities=probabilities)
    sums = case.add_up(rows, binary.statistics, count=binary.STATISTICS)
    draws = metrics(sums, 0)
    bins = score_bins(rows)
    every = cuts(bins)
    return judged(
        case,
        draws,
        _exact(rows, draws),
        threshold=threshold(contender.model) if probabilities else None,
        confusion=_confusion(rows, contender.classes),
        roc=curves.roc(every),
        precision_recall=curves.precision_recall(every),
        calibration=curves.calibration(bins) if probabilities else [],
        sweep=curves.sweep(every, case.recipe.costs) if probabilities else [],
        segments=case.segments(sums, metrics),
    )


def baselines(case: Case, contender: Contender, rows: DataFrame) -> dict[str, Estimates]:
    """The more frequent class at its share of the training rows; with costs also the answer that costs least."""
    label = case.recipe.label
    positive = F.col(label.column if label else "").cast("string") == contender.classes[1]
    weights = case.training.select(case.weight, positive.alias("yes")).groupBy("yes").agg(F.sum("weight")).collect()
    by_class = {row["yes"]: float(row[1]) for row in weights}
    prior = by_class.get(True, 0.0) / sum(by_class.values())
    answers = {"majority_class": float(prior > HALF)}
    if costs := case.recipe.costs:
        yes = costs.false_positive * (1 - prior) < costs.false_negative * prior
        answers["cheapest_answer"] = float(yes)
    return {name: _constant(case, rows, answer, prior) for name, answer in answers.items()}


def threshold(model: Any) -> float:
    """The probability above which the model says yes: MLlib divides each probability by its class's threshold."""
    if model.hasParam("thresholds") and model.isDefined("thresholds"):
        no, yes = model.getOrDefault("thresholds")
        return float(yes / (no + yes))
    return float(model.getOrDefault("threshold")) if model.hasParam("threshold") else HALF


def _constant(case: Case, rows: DataFrame, answer: float, prior: float) -> Estimates:
    same = rows.withColumns(
        {"prediction": F.lit(answer), _PROBABILITY: F.lit(prior), "bin": score_bin(F.lit(prior))},
    )
    sums = case.add_up_all(same, binary.statistics, count=binary.STATISTICS)
    return case.estimates(_metrics(case, sums, 0))


def _metrics(case: Case, sums: Sums, group: int, *, probabilities: bool = True) -> dict[str, Any]:
    return binary.metrics(sums, group, costs=case.recipe.costs, probabilities=probabilities)


def _gives_probabilities(contender: Contender) -> bool:
    return bool(contender.model.hasParam("probabilityCol"))


def _scores(predicted: DataFrame) -> list[Column]:
    """The probability of the positive class; or else what the model ranks rows by, scaled to [0, 1] by its range."""
    if _PROBABILITY in predicted.columns:
        probability = vector_to_array(F.col(_PROBABILITY))[1]
        return [probability.alias("score"), probability.alias(_PROBABILITY)]
    raw = vector_to_array(F.col("rawPrediction"))[1]
    found = predicted.agg(F.max(F.abs(raw))).first()
    widest = (found[0] if found else None) or 1.0
    return [(raw / (2 * widest) + F.lit(HALF)).alias("score"), F.lit(HALF).alias(_PROBABILITY)]


def _exact(rows: DataFrame, draws: dict[str, Any]) -> Values:
    """Values by MLlib's evaluators, of the metrics that these rows define."""
    both = rows.withColumn("vector", array_to_vector(F.array(F.lit(1.0) - F.col(_PROBABILITY), F.col(_PROBABILITY))))
    areas = {"roc_auc": "areaUnderROC", "pr_auc": "areaUnderPR"}
    ranked = BinaryClassificationEvaluator(labelCol="truth", rawPredictionCol="score", weightCol="weight")
    counted = MulticlassClassificationEvaluator(
        labelCol="truth", weightCol="weight", probabilityCol="vector", metricLabel=1.0
    )
    found: Values = {name: ranked.setMetricName(mllib).evaluate(rows) for name, mllib in areas.items()}  # type: ignore[arg-type]
    for name, mllib in {"accuracy": "accuracy", "log_loss": "logLoss", **_BY_LABEL}.items():
        if name in draws:
            found[name] = counted.setMetricName(mllib).evaluate(both)  # type: ignore[arg-type]
    return found


def _confusion(rows: DataFrame, classes: list[str]) -> ConfusionMatrix:
    counts = {(row[0], row[1]): row[2] for row in rows.groupBy("truth", "prediction").count().collect()}
    return ConfusionMatrix(labels=classes, counts=[[counts.get((t, p), 0) for p in (0.0, 1.0)] for t in (0.0, 1.0)])


BINARY = Judge(predict=predict, judge=judge, baselines=baselines)
