"""Models by the interface of MLModel: that of ml_model_abc (2019), and that of ml_base, its successor.

Both say display_name, qualified_name, description, input_schema, output_schema and predict(data). The older one has
major_version and minor_version, and schemas of the library `schema`; its `predict` takes and returns dicts. The newer
one has version, and classes of pydantic; its `predict` takes and returns their instances. Neither knows of batches: a
model that can do more offers `predict_batch`, which takes a list of records as dicts, checks them itself and returns a
list of predictions.
"""

from __future__ import annotations

import importlib
from typing import Any

from penstock.errors import DataError
from penstock.prediction import ModelDescription, ModelEntry, ModelKind
from spark_jobs.predicting.model import LoadedModel
from spark_jobs.predicting.schemas import json_schema

NOT_A_MODEL = "The ModelManager can only hold references to objects of type MLModel."
"""What ml_model_abc's ModelManager says, word for word."""
_BOTH = ("display_name", "qualified_name", "description", "input_schema", "output_schema", "predict")
_OLD, _NEW = ("major_version", "minor_version"), ("version",)


def qualified_name(entry: ModelEntry) -> str:
    """The name that a model goes by: the entry's, or the class's own, for which it may have to be made."""
    if entry.qualified_name:
        return entry.qualified_name
    found = getattr(find(entry.module_name, entry.class_name), "qualified_name", None)
    return found if isinstance(found, str) else str(_instance(entry).qualified_name)


def load_interface(entry: ModelEntry) -> LoadedModel:
    """Make the model; raises DataError if it is none, or is another one than the entry says."""
    model = _instance(entry)
    description = _describe(model)
    for name in ("qualified_name", "version"):
        said, got = getattr(entry, name), getattr(description, name)
        if said and said != got:
            raise DataError(f"{entry.module_name}.{entry.class_name} says {name} {got!r}; the registry says {said!r}")
    takes_dicts = hasattr(model, "major_version")
    return LoadedModel(
        description=description,
        ask=model.predict if takes_dicts else _by_class(model),
        ask_many=getattr(model, "predict_batch", None),
    )


def find(module_name: str, name: str) -> Any:
    """Something of a module; raises DataError if there is none."""
    try:
        return getattr(importlib.import_module(module_name), name)
    except ImportError as error:
        raise DataError(f"the module {module_name!r} of a model cannot be imported: {error}") from error
    except AttributeError as error:
        raise DataError(f"the module {module_name!r} has no {name!r}") from error


def _instance(entry: ModelEntry) -> Any:
    model = find(entry.module_name, entry.class_name)()
    versions = all(hasattr(model, name) for name in _OLD) or all(hasattr(model, name) for name in _NEW)
    if not versions or not all(hasattr(model, name) for name in _BOTH):
        missing = [name for name in _BOTH if not hasattr(model, name)] + ([] if versions else ["version"])
        where = f"{entry.module_name}.{entry.class_name}"
        raise DataError(f"{NOT_A_MODEL} {where} has no {', '.join(missing)}")
    return model


def _by_class(model: Any) -> Any:
    """Asks a model of ml_base by a dict; raises what pydantic or the model raises."""

    def ask(record: Any) -> Any:
        if not isinstance(record, dict):
            raise TypeError(f"expected an object, got {record!r}")
        return model.predict(model.input_schema(**record))

    return ask


def _describe(model: Any) -> ModelDescription:
    old = hasattr(model, "major_version")
    return ModelDescription(
        qualified_name=model.qualified_name,
        version=f"{model.major_version}.{model.minor_version}" if old else str(model.version),
        display_name=model.display_name,
        description=model.description,
        kind=ModelKind.INTERFACE.value,
        vectorised=hasattr(model, "predict_batch"),
        input_schema=json_schema(model.input_schema, "input_schema"),
        output_schema=json_schema(model.output_schema, "output_schema"),
    )
