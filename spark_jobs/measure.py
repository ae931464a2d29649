"""A recipe's metric of a fitted model, by MLlib's evaluators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyspark.ml import evaluation
from pyspark.sql import functions as F

from penstock.errors import DataError
from penstock.mllib.estimators import ESTIMATORS
from penstock.mllib.problems import Problem
from spark_jobs.pipeline import label_column

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from penstock.recipe.values import Recipe

POSITIVE = 1.0


def measure(model: Any, rows: DataFrame, recipe: Recipe) -> float:
    """The metric over rows that the feature stages have been through; raises DataError if there is none to measure."""
    metric = recipe.comparison
    if metric is None:
        raise DataError("recipe.metric is missing, so that nothing can be compared")
    if not metric.evaluator:
        return float(getattr(model, metric.name)(rows))
    predictions = model.transform(rows)
    if recipe.kind is Problem.RECOMMENDATION:
        predictions = predictions.where(~F.isnan("prediction"))
        if predictions.isEmpty():
            raise DataError(
                "no validation row has a user and an item with training rows. Use fewer folds or more rows."
            )
    evaluator = getattr(evaluation, metric.evaluator)()
    for name, value in _settings(evaluator, recipe).items():
        evaluator.set(evaluator.getParam(name), value)
    return float(evaluator.evaluate(predictions))


def _settings(evaluator: Any, recipe: Recipe) -> dict[str, Any]:
    """The evaluator's columns; a weight that the rows came with counts in the metric too, balanced weights do not."""
    label, metric = label_column(recipe), recipe.comparison
    wanted = {
        "metricName": metric.name if metric else None,
        "labelCol": label,
        "metricLabel": POSITIVE if recipe.kind is Problem.BINARY else None,
        # Trees give counts of rows as raw predictions, which do not rank rows of different leaves.
        "rawPredictionCol": "probability" if ESTIMATORS[recipe.estimator.name].probability else None,
        "featuresCol": recipe.estimator.features,
        "weightCol": recipe.weight_column,
    }
    return {name: value for name, value in wanted.items() if value is not None and evaluator.hasParam(name)}
