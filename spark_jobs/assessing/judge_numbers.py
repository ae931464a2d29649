"""Judging models that predict a number: regressions, and ratings of a recommender."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.ml.evaluation import RegressionEvaluator
from pyspark.sql import functions as F

from penstock.assessment import CalibrationBin, Estimates
from penstock.errors import DataError
from penstock.mllib.problems import Problem
from spark_jobs.assessing.case import KEYS, Case, Judge, Judged, Values, judged
from spark_jobs.assessing.intervals import Draws, ratio
from spark_jobs.assessing.sums import Columns, Statistic, Sums

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from spark_jobs.assessing.contender import Contender

WEIGHT, SQUARED, ABSOLUTE, CENTRED, CENTRED_SQUARED = range(5)
STATISTICS = 5
ACCURACY = 10_000
"""Of the tenths' edges: within one row in so many (`percentile_approx`)."""


def predict(case: Case, contender: Contender) -> DataFrame:
    """(truth, prediction, weight) of the rows with a prediction: ALS has none for users or items it has not seen."""
    label, recipe = case.recipe.label, case.recipe
    if recipe.estimator.params.get("implicitPrefs"):
        raise DataError(
            "ALS with implicitPrefs predicts preferences, which no error against ratings measures. Judge it by "
            "ranking metrics, as the job evaluate does, or fit without implicitPrefs."
        )
    truth = F.col(label.column if label else "").cast("double").alias("truth")
    prediction = F.col("prediction").cast("double").alias("prediction")
    rows = contender.apply(case.held_out.table).select(*KEYS, truth, prediction, case.weight)
    return rows.where(F.col("prediction").isNotNull() & ~F.isnan("prediction"))


def statistics(columns: Columns) -> list[Statistic]:
    """What rows add to: weights, errors, and moments of the label about its mean."""
    weight, error, centred = columns["weight"], columns["prediction"] - columns["truth"], columns["centred"]
    return [
        Statistic(weight),
        Statistic(weight * error**2),
        Statistic(weight * abs(error)),
        Statistic(weight * centred),
        Statistic(weight * centred**2),
    ]


def metrics(sums: Sums, group: int) -> Draws:
    """Every metric of one group of rows."""
    weight, squared, absolute, centred, moment = (sums.of(group, each)[0] for each in range(STATISTICS))
    return {
        "rmse": ratio(squared, weight) ** 0.5,
        "mae": ratio(absolute, weight),
        "r2": 1 - ratio(squared, moment - ratio(centred**2, weight)),
    }


def judge(case: Case, contender: Contender, rows: DataFrame) -> Judged:
    """Errors, and by tenths of the prediction what was observed."""
    sums = case.add_up(_centred(rows), statistics, count=STATISTICS)
    draws = _kept(case, metrics(sums, 0))
    return judged(
        case,
        draws,
        _exact(case, rows, draws),
        calibration=_calibration(rows),
        segments=case.segments(sums, lambda found, group: _kept(case, metrics(found, group))),
    )


def baselines(case: Case, contender: Contender, rows: DataFrame) -> dict[str, Estimates]:
    """The mean training label for everyone."""
    label = F.col(case.recipe.label.column if case.recipe.label else "").cast("double")
    found = case.training.select(case.weight, label.alias("label")).agg(
        F.sum(F.col("label") * F.col("weight")) / F.sum("weight")
    )
    row = found.first()
    same = _centred(rows).withColumn("prediction", F.lit(float(row[0]) if row else 0.0))
    sums = case.add_up_all(same, statistics, count=STATISTICS)
    return {"mean": case.estimates(_kept(case, metrics(sums, 0)))}


def _centred(rows: DataFrame) -> DataFrame:
    """With the label less its mean, so that the variance is no small difference of large sums."""
    row = rows.agg(F.avg("truth")).first()
    return rows.withColumn("centred", F.col("truth") - F.lit(row[0] if row else 0.0))


def _kept(case: Case, draws: Draws) -> Draws:
    """A recommender is judged by errors alone."""
    if case.recipe.kind is Problem.RECOMMENDATION:
        return {name: each for name, each in draws.items() if name != "r2"}
    return draws


def _exact(case: Case, rows: DataFrame, draws: Draws) -> Values:
    """Values by MLlib's evaluator; but for weighed rows it divides R2's variance by another weight than it adds up."""
    names = [name for name in draws if name != "r2" or case.recipe.weight_column is None]
    evaluator = RegressionEvaluator(labelCol="truth", weightCol="weight")
    return {name: evaluator.setMetricName(name).evaluate(rows) for name in names}  # type: ignore[arg-type]


def _calibration(rows: DataFrame) -> list[CalibrationBin]:
    shares = F.array(*(F.lit(tenth / 10) for tenth in range(1, 10)))
    row = rows.agg(F.percentile_approx("prediction", shares, ACCURACY)).first()
    edges = F.array(*(F.lit(each) for each in (row[0] if row else [])))
    tenth = F.size(F.filter(edges, lambda edge: F.col("prediction") > edge))
    weight = F.sum("weight")
    found = rows.groupBy(tenth.alias("tenth")).agg(
        F.count("*").alias("rows"),
        (F.sum(F.col("weight") * F.col("prediction")) / weight).alias("predicted"),
        (F.sum(F.col("weight") * F.col("truth")) / weight).alias("observed"),
    )
    return [
        CalibrationBin(rows=row["rows"], predicted=row["predicted"], observed=row["observed"])
        for row in sorted(found.collect(), key=lambda row: row["tenth"])
    ]


NUMBERS = Judge(predict=predict, judge=judge, baselines=baselines)
