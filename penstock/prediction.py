"""Batch prediction: which models there are, what a run of one leaves behind, and what a finished group of files is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from penstock.codec import CodecError, decode, parse_list
from penstock.documents import Document
from penstock.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence


class RecordFormat(StrEnum):
    """What the input is."""

    JSON = "json"
    """One JSON value a line, in files that may be compressed."""
    CSV = "csv"
    """One record a line, the columns' names in the first line of each file; no line breaks inside quotes."""
    PARQUET = "parquet"


class PredictionFormat(StrEnum):
    """What the predictions are written as."""

    JSON = "json"
    """`{"input": <the record>, "prediction": <the prediction>}`; a JSON record stands there as it was read."""
    CLASSIC = "classic"
    """`<the record as JSON><TAB><the prediction as JSON>`, as mrjob's JSONProtocol writes it with Python's own json."""
    CSV = "csv"
    """The input's columns and the prediction's."""
    PARQUET = "parquet"
    """The input's columns and `prediction`."""


class ModelKind(StrEnum):
    """How a model is loaded and asked."""

    INTERFACE = "mlmodel"
    """A class with the interface of MLModel: of ml_model_abc (major_version) or ml_base (version, pydantic)."""
    OBJECT = "object"
    """Any object with `predict`: pickled at a location, or made by a class or function of a module."""
    MLFLOW = "mlflow"
    """A folder that MLflow saved, loaded as its pyfunc flavour."""
    PIPELINE = "spark"
    """A folder with a Spark ML PipelineModel, asked by `transform`."""


class CallStyle(StrEnum):
    """What the `predict` of an object takes."""

    GUESS = ""
    """`predict_batch` if it has one, an array if it says `n_features_in_` as scikit-learn does, else a record."""
    RECORD = "record"
    """One record, a dict."""
    RECORDS = "records"
    """A list of records; it returns as many predictions."""
    ARRAY = "array"
    """A two-dimensional float array, its columns in the order of `inputs`."""
    FRAME = "frame"
    """A pandas DataFrame."""


COLUMN_TYPES = ("double", "bigint", "string", "boolean")
"""What a model's input columns, and its prediction where it is a column, may be."""


@dataclass(frozen=True, kw_only=True)
class ModelEntry:
    """One model of the registry; what the model says of itself may be left out here."""

    kind: str = ModelKind.INTERFACE.value
    module_name: str = ""
    class_name: str = ""
    uri: str = ""
    """Where the artefact lies, if it is one."""
    qualified_name: str = ""
    version: str = ""
    display_name: str = ""
    description: str = ""
    inputs: dict[str, str] = field(default_factory=dict)
    """Column name to type, in the order in which an array has them."""
    output: str = ""
    """Type of the prediction; empty: JSON."""
    outputs: list[str] = field(default_factory=list)
    """Of a Spark pipeline: the columns that are the prediction; empty: `prediction`."""
    call: str = CallStyle.GUESS.value


@dataclass(frozen=True, kw_only=True)
class ModelDescription:
    """What is known about a model once it is loaded."""

    qualified_name: str
    version: str
    display_name: str
    description: str
    kind: str
    vectorised: bool
    """Whether it is asked for many records at once."""
    input_schema: dict[str, Any]
    """JSON schema of a record; empty if nobody says."""
    output_schema: dict[str, Any]
    """JSON schema of a prediction; empty if nobody says."""


@dataclass(frozen=True, kw_only=True)
class InputFile:
    """A file as it was when it was read, and what became of its records: `records` = `predicted` + `quarantined`."""

    uri: str
    bytes: int
    modified: int
    """Milliseconds since 1970."""
    records: int
    predicted: int
    quarantined: int


@dataclass(frozen=True, kw_only=True)
class QuarantinedRecord:
    """A record without a prediction, and why."""

    file: str
    line: int
    """Counted from 1, the header included; of Parquet, the row."""
    error_type: str
    error_message: str
    payload: str


@dataclass(frozen=True, kw_only=True)
class FinishedGroup(Document):
    """Files whose predictions and quarantine are written, whole; its presence means so."""

    kind: ClassVar[str] = "finished_group"

    name: str
    settings: str
    """Fingerprint of the model and the formats: another one's predictions are not these."""
    files: list[InputFile]
    by_error: dict[str, int]
    samples: list[QuarantinedRecord]
    seconds: float


@dataclass(frozen=True, kw_only=True)
class PredictionReport(Document):
    """What a run of batch prediction did: `records` = `predicted` + `quarantined`, exactly."""

    kind: ClassVar[str] = "prediction_report"

    model: ModelDescription
    input_uri: str
    input_format: str
    output_format: str
    predictions_uri: str
    quarantine_uri: str
    files: int
    files_skipped: int
    """Of them, those that an earlier try had finished."""
    records: int
    predicted: int
    quarantined: int
    by_error: dict[str, int]
    """Quarantined records by the type of their error."""
    samples: list[QuarantinedRecord]
    """Some of them, first by file and line."""
    bad_ratio: float
    max_bad_ratio: float
    failures: list[str]
    """Sentences; a run that reports any has failed."""
    seconds: float
    code_sha: str


def parse_models(text: str) -> list[ModelEntry]:
    """The registry of a job's argument; raises CodecError naming the place."""
    data = parse_list(text, "models")
    return [check_entry(decode(ModelEntry, each, f"models[{at}]"), f"models[{at}]") for at, each in enumerate(data)]


def check_entry(entry: ModelEntry, where: str) -> ModelEntry:
    """The entry if it says enough to be loaded; raises CodecError naming what is missing or wrong."""
    _known(entry.kind, list(ModelKind), f"{where}.kind")
    _known(entry.call, list(CallStyle), f"{where}.call")
    _known(entry.output or "string", COLUMN_TYPES, f"{where}.output")
    for name, kind in entry.inputs.items():
        _known(kind, COLUMN_TYPES, f"{where}.inputs.{name}")
    coded = bool(entry.module_name and entry.class_name)
    if entry.kind == ModelKind.INTERFACE and not coded:
        raise CodecError(where, "a model of kind 'mlmodel' needs module_name and class_name")
    if entry.kind in (ModelKind.MLFLOW, ModelKind.PIPELINE) and not entry.uri:
        raise CodecError(where, f"a model of kind {entry.kind!r} needs uri, the folder it was saved in")
    if entry.kind == ModelKind.OBJECT and coded == bool(entry.uri):
        raise CodecError(where, "a model of kind 'object' needs either uri, or module_name and class_name")
    if entry.kind != ModelKind.INTERFACE and not entry.qualified_name:
        raise CodecError(where, f"a model of kind {entry.kind!r} does not say its name: give it a qualified_name")
    return entry


def _known(value: str, known: Sequence[str], where: str) -> None:
    if value not in list(map(str, known)):
        raise CodecError(where, f"got {value!r}; {did_you_mean(value, filter(None, map(str, known)))}")
