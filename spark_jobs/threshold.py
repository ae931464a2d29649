"""The probability from which a binary model says yes, by what wrong answers cost.

A model's own training rows would flatter it, and the test rows have to judge it afterwards. So the chosen candidate is
fitted again on parts of the training rows, as the recipe's validation divides them, and the threshold is the one of
least cost on the rows that each fit did not see. With cross-validation every training row has its say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyspark.ml.functions import vector_to_array
from pyspark.sql import functions as F

from penstock.recipe.stages import LABEL_INDEX
from spark_jobs.search import divided, folds_of, prepared
from spark_jobs.transforms.cuts import Cut, cheapest, cuts
from spark_jobs.transforms.holdout import with_fold
from spark_jobs.transforms.score_bins import ScoreBin, join_bins, score_bins

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from penstock.recipe.candidates import Point
    from penstock.recipe.values import Recipe
    from spark_jobs.columns import Classes


def choose_threshold(training: DataFrame, recipe: Recipe, classes: Classes, point: Point) -> Cut | None:
    """The cut of least mean cost on training rows that the model did not learn from; None for a recipe without costs.

    Raises DataError if the recipe's validation leaves no row on one side.
    """
    if recipe.costs is None:
        return None
    rows = with_fold(training, recipe.validation, seed=recipe.seed).cache()
    found = [_bins(*divided(rows, fold, recipe), recipe, classes, point) for fold in range(folds_of(recipe))]
    rows.unpersist()
    return cheapest(cuts(join_bins(found)), recipe.costs)


def apply_threshold(model: Any, cut: Cut | None) -> None:
    """Make the model say yes above it: MLlib divides each class's probability by its threshold and takes the larger."""
    if cut is not None:
        model.setThresholds([1 - cut.threshold, cut.threshold])


def _bins(learning: DataFrame, comparing: DataFrame, recipe: Recipe, classes: Classes, point: Point) -> list[ScoreBin]:
    with prepared(learning, recipe, classes, [point]) as ready:
        predicted = ready.fit(recipe, point).transform(ready.stages.transform(comparing))
        weight = F.col(recipe.weight_column).cast("double") if recipe.weight_column else F.lit(1.0)
        score = vector_to_array(F.col("probability"))[1].alias("score")
        return score_bins(predicted.select(score, F.col(LABEL_INDEX).alias("truth"), weight.alias("weight")))
