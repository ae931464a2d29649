"""Species of an iris by its measures, as a model of both interfaces: the same estimator, the same strictness."""

from __future__ import annotations

import functools
from itertools import compress
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from ml_base import MLModel as BaseModelOfMlBase
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from schema import Schema
from sklearn.datasets import load_iris
from sklearn.svm import SVC

from models.ml_model import MLModel

if TYPE_CHECKING:
    from collections.abc import Sequence

MEASURES = ("sepal_length", "sepal_width", "petal_length", "petal_width")
"""In centimetres, in the order of scikit-learn's bundled data."""
SPECIES = ("setosa", "versicolor", "virginica")
_measures_of = itemgetter(*MEASURES)
_MEASURES, _FLOAT = set(MEASURES), {float}


@functools.cache
def fitted() -> SVC:
    """The classifier of the classic example, fitted to Fisher's 150 irises, which come with scikit-learn."""
    data = load_iris()
    return SVC(gamma=0.001, C=100.0).fit(data.data, data.target)


def species(rows: Sequence[Sequence[float]]) -> list[str]:
    """The species for rows of measures."""
    return [SPECIES[each] for each in fitted().predict(np.array(rows)).tolist()]


def species_of(records: Sequence[Any]) -> list[Any]:
    """The prediction for every record of exactly four floats, a ValueError in the place of any other.

    Checks by hand: the schema itself costs some 10 microseconds a record.
    """
    fitting = [_is_flower(record) for record in records]
    rows = [_measures_of(record) for record in compress(records, fitting)]
    names = [{"species": name} for name in SPECIES]
    found = iter(fitted().predict(np.array(rows)).tolist() if rows else [])
    return [names[next(found)] if fits else ValueError("a record is not four floats") for fits in fitting]


def _is_flower(record: Any) -> bool:
    return isinstance(record, dict) and record.keys() == _MEASURES and set(map(type, record.values())) == _FLOAT


class IrisModel(MLModel):
    """By the interface of ml_model_abc."""

    display_name = "Iris Model"
    qualified_name = "iris_model"
    description = "A machine learning model for predicting the species of a flower based on its measurements."
    major_version = 0
    minor_version = 1
    input_schema = Schema(dict.fromkeys(MEASURES, float))
    output_schema = Schema({"species": str})

    def __init__(self) -> None:
        fitted()

    def predict(self, data: dict[str, Any]) -> dict[str, Any]:
        """The species of one flower; raises MLModelSchemaValidationError."""
        return {"species": species([_measures_of(self.validated(data))])[0]}

    def predict_batch(self, records: Sequence[Any]) -> list[Any]:
        """The species of many; an exception in the place of each record that does not fit."""
        return species_of(records)


def _strictly_float(value: Any) -> float:
    """As the library `schema` takes it: pydantic's strict floats let whole numbers pass."""
    if not isinstance(value, float):
        raise ValueError(f"expected a float, got {value!r}")  # noqa: TRY004 - pydantic reports ValueError only
    return value


Centimetres = Annotated[float, BeforeValidator(_strictly_float), Field(description="In centimetres.")]


class Flower(BaseModel):
    """What is measured."""

    model_config = ConfigDict(extra="forbid")

    sepal_length: Centimetres
    sepal_width: Centimetres
    petal_length: Centimetres
    petal_width: Centimetres


class Species(BaseModel):
    """What is predicted."""

    species: str


class IrisModelOfMlBase(BaseModelOfMlBase):  # type: ignore[misc]  # it ships no types
    """By the interface of ml_base."""

    display_name = "Iris Model"
    qualified_name = "iris_model_ml_base"
    description = "The iris model by the interface of ml_base."
    version = "0.1.0"
    input_schema = Flower
    output_schema = Species

    def __init__(self) -> None:
        fitted()

    def predict(self, data: Flower) -> Species:
        """The species of one flower."""
        return Species(species=species([[getattr(data, name) for name in MEASURES]])[0])

    def predict_batch(self, records: Sequence[Any]) -> list[Any]:
        """The species of many; an exception in the place of each record that does not fit."""
        return species_of(records)
