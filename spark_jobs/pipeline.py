"""A recipe as pyspark.ml's own stages and estimator."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from pyspark.ml import feature
from pyspark.ml.feature import IndexToString, StringIndexerModel
from pyspark.sql.types import NumericType

from penstock.errors import DeploymentError
from penstock.mllib.estimators import ESTIMATORS
from penstock.mllib.stage import Shape
from penstock.mllib.stages import STAGES
from penstock.recipe.params import NESTED
from penstock.recipe.stages import LABEL_INDEX, PREDICTED_LABEL, WATCHED, WEIGHT
from penstock.recipe.values import ClassWeights, Recipe, StageSpec

if TYPE_CHECKING:
    from pyspark.sql.types import StructType

    from penstock.mllib.parameters import Parameters
    from penstock.recipe.candidates import Point
    from spark_jobs.columns import Classes

COLD = "nan"
"""What ALS predicts for a user or item without training rows, so that they can be counted."""


def label_stages(recipe: Recipe, classes: Classes) -> tuple[list[Any], list[Any]]:
    """What turns the label into a class number, and a predicted number into a label; nothing without classes.

    The first is skipped by MLlib where rows have no label.
    """
    if recipe.label is None or not classes.counts:
        return [], []
    names = classes.names
    forth = StringIndexerModel.from_labels(
        names, inputCol=recipe.label.column, outputCol=LABEL_INDEX, handleInvalid="error"
    )
    return [forth], [IndexToString(inputCol="prediction", outputCol=PREDICTED_LABEL, labels=names)]


def feature_stages(recipe: Recipe, schema: StructType) -> list[Any]:
    """The recipe's stages, unfitted, in order."""
    return [each for spec in recipe.stages for each in _stages(spec, recipe, schema)]


def label_column(recipe: Recipe) -> str | None:
    """What the estimator calls the label."""
    if recipe.label is None:
        return None
    return LABEL_INDEX if recipe.kind.classifies else recipe.label.column


def weight_column(recipe: Recipe) -> str | None:
    """What the estimator calls a row's weight."""
    return WEIGHT if recipe.class_weights == ClassWeights.BALANCED else recipe.weight_column


def build_estimator(recipe: Recipe, point: Point) -> Any:
    """The estimator with fixed and searched parameters, its columns and the seed."""
    spec = recipe.estimator
    known = ESTIMATORS[spec.name]
    params = {**spec.params, **point}
    own = {name: value for name, value in params.items() if not name.startswith(NESTED)}
    estimator = _new(spec.name)
    if spec.classifier is not None:
        inner = {name[len(NESTED) :]: value for name, value in params.items() if name.startswith(NESTED)}
        estimator.setClassifier(_seeded(_set(_new(spec.classifier), inner, ESTIMATORS[spec.classifier].params), recipe))
    _set(estimator, own, known.params)
    _plumb(_seeded(estimator, recipe), recipe)
    return estimator


def _plumb(estimator: Any, recipe: Recipe) -> None:
    spec = recipe.estimator
    known = ESTIMATORS[spec.name]
    columns = {known.columns[role]: column for role, column in spec.columns.items()}
    if known.features:
        columns["featuresCol"] = spec.features
    label = "ratingCol" if spec.name == "ALS" else "labelCol"
    wanted = {label: label_column(recipe), "weightCol": weight_column(recipe)}
    columns |= {name: column for name, column in wanted.items() if column is not None}
    if spec.early_stopping is not None:
        columns["validationIndicatorCol"] = WATCHED
    if estimator.hasParam("coldStartStrategy"):
        columns["coldStartStrategy"] = COLD
    for name, column in columns.items():
        estimator.set(estimator.getParam(name), column)


def _stages(spec: StageSpec, recipe: Recipe, schema: StructType) -> list[Any]:
    known, outputs = STAGES[spec.stage], spec.output_names()
    columns: list[dict[str, Any]]
    if known.shape is Shape.EACH:
        columns = [{"inputCols": spec.columns, "outputCols": outputs}]
    elif known.shape is Shape.MERGE:
        columns = [{"inputCols": spec.columns, "outputCol": outputs[0]}]
    else:
        columns = [
            {known.input: column, "outputCol": output} for column, output in zip(spec.columns, outputs, strict=True)
        ]
    return [_stage(spec, each, recipe, schema) for each in columns]


def _stage(spec: StageSpec, columns: dict[str, Any], recipe: Recipe, schema: StructType) -> Any:
    stage, known = getattr(feature, spec.stage)(), STAGES[spec.stage]
    if spec.stage == "FeatureHasher":
        columns = {**columns, "categoricalCols": _numeric_categories(spec, recipe, schema)}
    if known.labelled:
        columns = {**columns, "labelCol": label_column(recipe)}
    for name, value in columns.items():
        stage.set(stage.getParam(name), value)
    return _set(_seeded(stage, recipe), spec.params, known.params)


def _numeric_categories(spec: StageSpec, recipe: Recipe, schema: StructType) -> list[str]:
    """Numbers that name a class: FeatureHasher would take them for quantities."""
    raw = set(recipe.columns.get("category", []))
    numeric = {each.name for each in schema if isinstance(each.dataType, NumericType)}
    quantities = set(recipe.columns.get("number", []))
    return [name for name in spec.columns if (name in raw and name in numeric) or name not in raw | quantities]


def _new(name: str) -> Any:
    try:
        return getattr(importlib.import_module(ESTIMATORS[name].module), name)()
    except ImportError as error:
        raise DeploymentError(
            f"{name} needs Python packages on the driver and on every node, which cannot be imported ({error}): "
            "install them, as docs/engines.md says, or use one of MLlib's own estimators"
        ) from error


def _seeded(stage: Any, recipe: Recipe) -> Any:
    """With the recipe's seed, by MLlib's or by XGBoost's name."""
    for name in ("seed", "random_state"):
        if stage.hasParam(name):
            stage.set(stage.getParam(name), recipe.seed)
    return stage


def _set(stage: Any, params: dict[str, Any], known: Parameters) -> Any:
    """The stage with its parameters, which MLlib checks again when they reach Java."""
    for name, value in params.items():
        stage.set(stage.getParam(name), known[name].value(value))
    return stage
