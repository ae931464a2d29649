"""Objects with `predict` that know of no interface: scikit-learn's, MLflow's pyfunc, anybody's."""

from __future__ import annotations

import importlib
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from penstock.errors import DataError
from penstock.prediction import CallStyle, ModelDescription, ModelEntry, ModelKind
from spark_jobs.predicting.interface import find
from spark_jobs.predicting.model import LoadedModel
from spark_jobs.predicting.schemas import TYPES, number, schema_of

if TYPE_CHECKING:
    from spark_jobs.predicting.outcome import AskMany

Locate = Callable[[str], Path]
"""An artefact's location to where it lies on this machine."""
_MLFLOW_TYPES = {"double": "double", "float": "double", "integer": "bigint", "long": "bigint", "boolean": "boolean"}


def load_object(entry: ModelEntry, locate: Locate) -> LoadedModel:
    """Unpickle or make the object; raises DataError if it has no `predict`."""
    where = entry.uri or f"{entry.module_name}.{entry.class_name}"
    model = _unpickle(locate(entry.uri)) if entry.uri else find(entry.module_name, entry.class_name)
    model = model() if isinstance(model, type) else model
    if not callable(getattr(model, "predict", None)):
        raise DataError(f"{where} is of type {type(model).__name__} and has no predict: it is no model")
    style = CallStyle(entry.call) or _guess(model)
    inputs = entry.inputs or {str(name): "double" for name in getattr(model, "feature_names_in_", ())}
    if style in (CallStyle.ARRAY, CallStyle.FRAME) and not inputs:
        raise DataError(f"{where} does not say what its columns are: name them in the registry's inputs, in order")
    return _loaded(entry, style, inputs, model)


def load_mlflow(entry: ModelEntry, locate: Locate) -> LoadedModel:
    """Load the pyfunc flavour; what the entry leaves out about columns, the model's signature says."""
    pyfunc = importlib.import_module("mlflow.pyfunc")  # comes with the model's packages, as does all it needs
    model = pyfunc.load_model(str(locate(entry.uri)))
    signature = model.metadata.get_input_schema()
    named = signature is not None and signature.has_input_names()
    said = {each.name: _MLFLOW_TYPES.get(each.type.name, "string") for each in signature.inputs} if named else {}
    return _loaded(entry, CallStyle(entry.call) or CallStyle.FRAME, entry.inputs or said, model)


def _loaded(entry: ModelEntry, style: CallStyle, inputs: dict[str, str], model: Any) -> LoadedModel:
    many = _many(style, list(inputs), model)
    return LoadedModel(
        description=ModelDescription(
            qualified_name=entry.qualified_name,
            version=entry.version,
            display_name=entry.display_name or entry.qualified_name,
            description=entry.description,
            kind=entry.kind,
            vectorised=many is not None,
            input_schema=schema_of(inputs),
            output_schema={"type": TYPES[entry.output]} if entry.output else {},
        ),
        ask=model.predict if many is None else _one(many),
        ask_many=many,
    )


def _guess(model: Any) -> CallStyle:
    if hasattr(model, "predict_batch"):
        return CallStyle.RECORDS
    if hasattr(model, "feature_names_in_"):
        return CallStyle.FRAME
    return CallStyle.ARRAY if hasattr(model, "n_features_in_") else CallStyle.RECORD


def _many(style: CallStyle, names: list[str], model: Any) -> AskMany | None:
    """How many records are asked for at once; None if they cannot be."""
    if style is CallStyle.RECORD:
        return None
    if style is CallStyle.RECORDS:
        many: AskMany = getattr(model, "predict_batch", model.predict)
        return many
    if style is CallStyle.ARRAY:
        return lambda records: model.predict(_matrix(records, names))
    if isinstance(getattr(model, "n_features_in_", None), int):  # scikit-learn takes what frames hold for numbers
        return lambda records: model.predict(pd.DataFrame(_matrix(records, names), columns=names))
    return lambda records: _rows(model.predict(pd.DataFrame(list(records), columns=names or None)))


def _one(many: AskMany) -> Callable[[Any], Any]:
    def ask(record: Any) -> Any:
        found = list(many([record]))
        if len(found) != 1:
            raise ValueError(f"the model returned {len(found)} predictions for one record")
        return found[0]

    return ask


def _matrix(records: Sequence[Any], names: Sequence[str]) -> np.ndarray[Any, Any]:
    return np.array([[_field(record, name) for name in names] for record in records], dtype=np.float64)


def _field(record: Any, name: str) -> float:
    if not isinstance(record, dict) or name not in record:
        raise ValueError(f"missing {name}")
    try:
        return number(record[name])
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _rows(found: Any) -> Sequence[Any]:
    """Predictions one by one: MLflow's models return arrays, lists, series or frames."""
    if isinstance(found, pd.DataFrame):
        rows: list[Any] = found.to_dict("records")
        return rows
    return list(found)


def _unpickle(path: Path) -> Any:
    """An object that scikit-learn's users saved with joblib or pickle; joblib reads both."""
    try:
        return importlib.import_module("joblib").load(path)
    except ModuleNotFoundError as error:
        if error.name != "joblib":
            raise
    with path.open("rb") as file:
        return pickle.load(file)  # noqa: S301 - the registry decides which code runs, by module or by artefact


ARTEFACTS = (ModelKind.OBJECT.value, ModelKind.MLFLOW.value)
"""Kinds whose `uri` a Python worker needs as a file or folder."""
