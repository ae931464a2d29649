"""What may be decided about batch prediction, as frozen models of its YAML."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from penstock.codec import CodecError, decode
from penstock.jobs import PredictArgs
from penstock.prediction import ModelEntry, PredictionFormat, RecordFormat, check_entry
from workflow.scheduling import Scheduled
from workflow.spec import argument
from workflow.tables.spec import TableName
from workflow.values import Cell, Minutes, Values


class Timeouts(Values):
    """How long each kind of task may take."""

    input: Minutes
    bookkeeping: Minutes
    """The plan and the measured cost."""
    cluster: Minutes
    predict: Minutes
    """One job, all its groups."""
    load: Minutes = 60


class Source(Values):
    """Where the records come from, unless the trigger form says otherwise."""

    dataset: Cell
    format: RecordFormat
    """`json`: one record a line; `csv`: a header in each file; `parquet`. (form)"""
    max_bad_ratio: float = argument(PredictArgs, "max_bad_ratio")


class PredictionTables(Values):
    """The table of the deployment's database, unless the trigger form says otherwise."""

    predictions: TableName | Literal[""] = "predictions"
    """Empty: none."""
    key: str = ""
    """The column or field of the records by which an application looks its predictions up; empty: none."""


class BatchPrediction(Scheduled):
    """The values of the workflow `batch_prediction`."""

    source: Source
    output_format: PredictionFormat
    """`classic` is record, tab, prediction, as mrjob writes them. (form)"""
    packages: bool
    """Whether the models need the archive of their packages, which the deployment then has."""
    model: Cell
    """The qualified name of the model that is asked, unless the trigger form names another one."""
    models: list[dict[str, Any]] = Field(min_length=1)
    """The registry; what an entry may say is penstock.prediction.ModelEntry's to know."""
    batch_rows: int = argument(PredictArgs, "batch_rows")
    group_bytes: int = argument(PredictArgs, "group_bytes")
    tables: PredictionTables = Field(default_factory=PredictionTables)
    timeouts: Timeouts

    @model_validator(mode="after")
    def _models_can_be_loaded(self) -> Self:
        for place, entry in enumerate(self.models):
            where = f"models[{place}]"
            try:
                check_entry(decode(ModelEntry, entry, where), where)
            except CodecError as error:
                raise ValueError(str(error)) from error
        return self

    @property
    def longest_minutes(self) -> int:
        """How long the tasks on the compute can take, nothing retried."""
        return self.timeouts.predict
