"""Fitting a recipe, and choosing among its candidates on training rows that they do not learn from.

pyspark.ml.tuning's validators draw their folds at random from partitions, so that they change with the files' layout;
here a row's fold is a hash of the row. Label order aside, whatever is fitted (indexers, scalers, class weights) is
fitted inside the fold.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyspark import inheritable_thread_target
from pyspark.ml import Pipeline, PipelineModel
from pyspark.sql import functions as F

from penstock.errors import DataError
from penstock.fitting import Trial
from penstock.mllib.estimators import ESTIMATORS
from penstock.recipe.candidates import Point, candidates
from penstock.recipe.stages import LABEL_INDEX, WATCHED, WEIGHT
from penstock.recipe.values import ClassWeights, Recipe, ValidationMethod
from spark_jobs.boosting import fit_boosted
from spark_jobs.features import Features, check_capacity, describe_features
from spark_jobs.measure import measure
from spark_jobs.pipeline import build_estimator, feature_stages, label_stages
from spark_jobs.transforms.holdout import FOLD, watched, with_fold

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from spark_jobs.columns import Classes
    from spark_jobs.progress import Progress


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Fitted feature stages, and the rows that they were fitted on as the estimator takes them."""

    stages: PipelineModel
    rows: DataFrame
    """Cached."""
    features: Features | None

    def fit(self, recipe: Recipe, point: Point) -> Any:
        """The estimator's model."""
        estimator = build_estimator(recipe, point)
        if ESTIMATORS[recipe.estimator.name].external:
            return fit_boosted(estimator, self.rows, self.features)
        return estimator.fit(self.rows)


@contextmanager
def prepared(training: DataFrame, recipe: Recipe, classes: Classes, points: list[Point]) -> Iterator[Prepared]:
    """Fit the feature stages; raises DataError where a candidate cannot take what they make."""
    forth, _ = label_stages(recipe, classes)
    stages = Pipeline(stages=[*forth, *feature_stages(recipe, training.schema)]).fit(training)
    rows = _weighted(stages.transform(training), recipe, training).cache()
    try:
        has_vector = recipe.estimator.features in rows.columns
        features = describe_features(rows, recipe.estimator.features) if has_vector else None
        if features is not None:
            check_capacity(features, recipe, points, classes=len(classes.counts))
        yield Prepared(stages=stages, rows=rows, features=features)
    finally:
        rows.unpersist()


def choose(training: DataFrame, recipe: Recipe, classes: Classes, *, progress: Progress) -> tuple[Point, list[Trial]]:
    """The best candidate and how each did; a single candidate is chosen without fitting anything."""
    points = candidates(recipe)
    metric = recipe.comparison
    if len(points) == 1 or metric is None:
        return points[0], [Trial(params=points[0], metric=None, std=None)]
    folds = folds_of(recipe)
    rows = with_fold(training, recipe.validation, seed=recipe.seed).cache()
    values = [_try_all(rows, fold, points, recipe, classes) for fold in range(folds)]
    rows.unpersist()
    trials = [_trial(point, [fold[index] for fold in values]) for index, point in enumerate(points)]
    for trial in trials:
        progress(f"candidate {trial.params}: {recipe.metric} {trial.metric:.4f} on the validation rows")
    best = (max if metric.higher_is_better else min)(trials, key=lambda trial: trial.metric or 0.0)
    return best.params, trials


def folds_of(recipe: Recipe) -> int:
    """How often rows are divided into some to learn from and some to compare on."""
    return recipe.validation.folds if recipe.validation.method == ValidationMethod.CROSS_VALIDATION else 1


def divided(rows: DataFrame, fold: int, recipe: Recipe) -> tuple[DataFrame, DataFrame]:
    """Rows with a fold as those to learn from and those to compare on; raises DataError if either is none."""
    validates = F.coalesce(F.col(FOLD) == fold, F.lit(False))  # noqa: FBT003 - a column, not a flag
    training, validation = rows.where(~validates).drop(FOLD), rows.where(validates).drop(FOLD)
    for part, side in ((training, "to learn from"), (validation, "to compare on")):
        if part.isEmpty():
            raise DataError(f"{recipe.validation.describe()} leaves no row {side}. Use fewer folds or more rows.")
    return training, validation


def _try_all(rows: DataFrame, fold: int, points: list[Point], recipe: Recipe, classes: Classes) -> list[float]:
    """The metric of every candidate on the rows of one fold, fitted on the others, some at a time."""
    training, validation = divided(rows, fold, recipe)
    with prepared(training, recipe, classes, points) as fitted:
        judged = fitted.stages.transform(validation).cache()

        def attempt(point: Point) -> float:
            value = measure(fitted.fit(recipe, point), judged, recipe)
            if not math.isfinite(value):
                raise DataError(f"the candidate {point} has {recipe.metric} {value} on the validation rows")
            return value

        with ThreadPoolExecutor(recipe.parallelism) as pool:
            values = list(pool.map(inheritable_thread_target(attempt), points))
        judged.unpersist()
    return values


def _trial(point: Point, values: list[float]) -> Trial:
    std = statistics.stdev(values) if len(values) > 1 else None
    return Trial(params=point, metric=statistics.fmean(values), std=std, folds=values)


def _weighted(rows: DataFrame, recipe: Recipe, training: DataFrame) -> DataFrame:
    """The rows with the columns that fitting alone needs: balanced weights, and which rows are only watched."""
    if recipe.estimator.early_stopping is not None:
        seen = [name for name in training.columns if name in rows.columns]
        share = watched(rows.select(*seen), recipe.estimator.early_stopping, seed=recipe.seed)
        rows = rows.withColumn(WATCHED, share)
    if recipe.class_weights != ClassWeights.BALANCED:
        return rows
    counts = {row[0]: row[1] for row in rows.groupBy(LABEL_INDEX).count().collect()}
    total = sum(counts.values())
    weights = F.create_map(*(F.lit(each) for name, n in counts.items() for each in (name, total / (len(counts) * n))))
    return rows.withColumn(WEIGHT, weights[F.col(LABEL_INDEX)])
