"""What the elements of a feature vector are called, which are categories, and what a model makes of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from penstock.errors import DataError
from penstock.fitting import FeatureWeight
from penstock.mllib.estimators import ESTIMATORS
from spark_jobs.boosting import gains

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from penstock.recipe.candidates import Point
    from penstock.recipe.values import Recipe

MOST_NAMES = 200
"""Names and weights in a report: hashed text has hundreds of thousands of elements."""
IMPORTANCES, COEFFICIENTS = "importances", "coefficients"


@dataclass(frozen=True, kw_only=True)
class Features:
    """A vector's elements, from the attributes that MLlib's stages leave in the column's metadata."""

    column: str
    size: int
    names: dict[int, str] = field(default_factory=dict)
    categories: dict[int, list[str]] = field(default_factory=dict)
    """Elements that trees treat as categories, and what each number stands for."""

    def name(self, index: int) -> str:
        """The element's name, or its place where no stage has named it."""
        return self.names.get(index, f"{self.column}[{index}]")


def describe_features(rows: DataFrame, column: str) -> Features:
    """The elements of a column of vectors."""
    metadata: dict[str, Any] = rows.schema[column].metadata.get("ml_attr", {})
    attributes = [each for group in metadata.get("attrs", {}).values() for each in group]
    size = int(metadata.get("num_attrs", 0)) or len(attributes) or _size_of_first(rows, column)
    return Features(
        column=column,
        size=size,
        names={each["idx"]: each["name"] for each in attributes if "name" in each},
        categories={each["idx"]: _values(each) for each in metadata.get("attrs", {}).get("nominal", [])},
    )


def check_capacity(features: Features, recipe: Recipe, points: list[Point], *, classes: int) -> None:
    """Trees have a bin for each category, perceptrons a neuron for each feature and class; or else DataError."""
    known = ESTIMATORS[recipe.estimator.name]
    for point in points:
        params = {**recipe.estimator.params, **point}
        if known.tree:
            _check_bins(features, int(params.get("maxBins", 32)))
        layers = params.get("layers")
        if layers and (layers[0], layers[-1]) != (features.size, classes):
            raise DataError(
                f"recipe.estimator.params.layers is {layers}: {features.column!r} has {features.size} elements and the "
                f"label {classes} classes, so the first must be {features.size} and the last {classes}"
            )


def feature_weights(model: Any, features: Features, classes: list[str]) -> tuple[list[FeatureWeight], str]:
    """The largest weights by absolute value, and what they are; nothing for models that have none."""
    if hasattr(model, "get_booster"):
        return _largest(features, {"": gains(model, features.size)}), IMPORTANCES
    if hasattr(model, "featureImportances"):
        return _largest(features, {"": model.featureImportances.toArray()}), IMPORTANCES
    if hasattr(model, "coefficientMatrix") and model.numClasses > 2:  # noqa: PLR2004 - a row for each class
        rows = model.coefficientMatrix.toArray()
        return _largest(features, {f"{each}: ": rows[n] for n, each in enumerate(classes)}), COEFFICIENTS
    linear = getattr(model, "linear", None) if hasattr(model, "factors") else getattr(model, "coefficients", None)
    return (_largest(features, {"": linear.toArray()}), COEFFICIENTS) if linear is not None else ([], "")


def tree_text(model: Any, features: Features) -> str:
    """MLlib's text of a single tree with the names of features and categories instead of their numbers."""
    text = re.sub(
        r"feature (\d+) (not )?in \{([^}]*)\}", lambda found: _categories(found, features), model.toDebugString
    )
    return re.sub(r"feature (\d+)", lambda found: features.name(int(found[1])), text)


def _check_bins(features: Features, bins: int) -> None:
    for index, values in features.categories.items():
        if len(values) > bins:
            raise DataError(
                f"{features.name(index)!r} has {len(values)} categories and maxBins is {bins}. Set "
                f"recipe.estimator.params.maxBins to {len(values)} or more, or one-hot encode or hash the column."
            )


def _largest(features: Features, values: dict[str, Any]) -> list[FeatureWeight]:
    every = [
        FeatureWeight(name=prefix + features.name(index), value=float(value))
        for prefix, row in values.items()
        for index, value in enumerate(row)
    ]
    return sorted(every, key=lambda each: (-abs(each.value), each.name))[:MOST_NAMES]


def _values(attribute: dict[str, Any]) -> list[str]:
    return list(attribute.get("vals") or map(str, range(int(attribute.get("num_vals", 0)))))


def _categories(found: re.Match[str], features: Features) -> str:
    index = int(found[1])
    values = features.categories.get(index, [])
    names = [values[int(float(each))] if float(each) < len(values) else each for each in found[3].split(",")]
    return f"{features.name(index)} {found[2] or ''}in {{{', '.join(names)}}}"


def _size_of_first(rows: DataFrame, column: str) -> int:
    first = rows.select(column).first()
    return len(first[0]) if first else 0
