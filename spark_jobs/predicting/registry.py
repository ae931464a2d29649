"""The models that a configuration names, each loaded once by each process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from penstock.errors import DataError, did_you_mean
from penstock.prediction import ModelDescription, ModelEntry, ModelKind
from spark_jobs.predicting.interface import load_interface, qualified_name
from spark_jobs.predicting.objects import Locate, load_mlflow, load_object
from spark_jobs.predicting.schemas import TYPES, schema_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spark_jobs.predicting.model import LoadedModel


def find_entry(entries: Sequence[ModelEntry], name: str) -> ModelEntry:
    """The model of this qualified name; raises DataError with the nearest name, or for one that two models have.

    What the registry names is not imported: other models may be broken.
    """
    named = [each for each in entries if each.qualified_name == name]
    if not named:
        known = {id(each): qualified_name(each) for each in entries}
        named = [each for each in entries if known[id(each)] == name]
        if not named:
            nearest = did_you_mean(name, known.values()) if known else "the registry is empty"
            raise DataError(f"'{name}' not found in ModelManager instance. {nearest[0].upper()}{nearest[1:]}")
    if len(named) > 1:
        raise DataError(f"the registry has {len(named)} models of the qualified name {name!r}; expected one")
    return named[0]


def load_model(entry: ModelEntry, locate: Locate) -> LoadedModel:
    """A Python model; raises DataError if it cannot be one, or whatever its own code raises."""
    if entry.kind == ModelKind.INTERFACE:
        return load_interface(entry)
    return load_mlflow(entry, locate) if entry.kind == ModelKind.MLFLOW else load_object(entry, locate)


def describe_pipeline(entry: ModelEntry) -> ModelDescription:
    """A Spark ML pipeline as the registry describes it: the pipeline itself does not."""
    return ModelDescription(
        qualified_name=entry.qualified_name,
        version=entry.version,
        display_name=entry.display_name or entry.qualified_name,
        description=entry.description,
        kind=entry.kind,
        vectorised=True,
        input_schema=schema_of(entry.inputs),
        output_schema={"type": TYPES[entry.output]} if entry.output else {},
    )
