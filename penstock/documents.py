"""The JSON documents that jobs exchange, each written after all that it speaks of.

A job first discards the document of an earlier try and writes the new one last, so that its presence means that the
job is done. The data report is the exception: the ETL writes it before it refuses too many bad rows, so that a refusal
can be read there too; whether the rows were accepted is what the job's status says.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import ClassVar, TypeVar

from penstock.codec import CodecError, decode, dumps, encode
from penstock.errors import DocumentError
from penstock.estimate import Estimate  # noqa: TC001 - documents are decoded by their types

D = TypeVar("D", bound="Document")
Metrics = dict[str, float | None]
"""Metric name to value; None where the metric is undefined for the model (no row to compute it on)."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """A versioned JSON document; `kind` and `schema_version` travel with the fields."""

    kind: ClassVar[str]
    schema_version: ClassVar[int] = 1

    def to_json(self) -> str:
        """The document as text, ready to be stored."""
        return dumps({"kind": self.kind, "schema_version": self.schema_version, **encode(self)})

    @classmethod
    def from_json(cls: type[D], text: str, source: str) -> D:
        """Parse `text`, which came from `source`; raises DocumentError naming the source and the key path."""
        try:
            data = json.loads(text)
        except ValueError as error:
            raise DocumentError(f"{source} is not JSON: {error}") from error
        found = (data.pop("kind", None), data.pop("schema_version", None)) if isinstance(data, dict) else (None, None)
        if found != (cls.kind, cls.schema_version):
            raise DocumentError(
                f"{source} is a document of kind {found[0]!r} version {found[1]!r}; "
                f"expected {cls.kind!r} version {cls.schema_version}. Was it written by another release?"
            )
        try:
            return decode(cls, data)
        except CodecError as error:
            raise DocumentError(f"{source}: {error}") from error


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table, in the type names that Hive, Glue and Spark share."""

    name: str
    type: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """A Parquet table that a job wrote, described well enough to catalogue it."""

    name: str
    uri: str
    columns: list[Column]
    rows: int


@dataclass(frozen=True, kw_only=True)
class RowCounts:
    """What became of every input row of one source: `read` = `good` + `quarantined` + `superseded`, exactly."""

    read: int
    good: int
    quarantined: int
    superseded: int = 0

    @property
    def balanced(self) -> bool:
        """Whether no row was lost or invented."""
        return self.read == self.good + self.quarantined + self.superseded


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """Good rows that say the same as another one, wherever they came from. Counted, and kept."""

    duplicates: dict[str, int]
    """By source: rows that equal an earlier row of it."""
    test_rows_in_train: int
    """Rows of `test` that equal a row of `train`: a model may know them by heart and look better than it is."""


@dataclass(frozen=True, kw_only=True)
class DataReport(Document):
    """What the ETL read, kept, replaced and refused; None where the data has no such thing."""

    kind: ClassVar[str] = "data_report"

    sources: dict[str, RowCounts]
    quarantined_by_reason: dict[str, int]
    tables: list[Table]
    quarantine_uri: str
    users: int | None = None
    items: int | None = None
    features: int | None = None
    """Length of the feature vectors, the same in all sources."""
    repeats: Repeats | None = None
    fingerprint: str
    """Order-independent hash of the good rows: equal data, equal fingerprint."""
    code_sha: str


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One point of the grid and how it did on the validation rows."""

    params: dict[str, float]
    metric: float | None


@dataclass(frozen=True, kw_only=True)
class TrainingReport(Document):
    """How a model was chosen and fitted."""

    kind: ClassVar[str] = "training_report"

    objective: str
    algorithm: str
    model_uri: str
    metric: str
    """What the candidates were compared by, on the validation rows."""
    candidates: list[Candidate]
    best: dict[str, float]
    split: str
    train_rows: int
    validation_rows: int
    test_rows: int
    users: int
    items: int
    seed: int
    seconds: float
    fingerprint: str
    code_sha: str


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """The rows that every contender of an evaluation was judged on."""

    rows: int
    cold_start_rows: int
    """Rows whose user or item has no training row: no factors, so no rating prediction. Counted, never hidden."""
    users: int
    """Users with training rows and at least one relevant held-out item: the ranking metrics are means over these."""
    cold_start_users: int = 0
    """Users with a relevant held-out item but no training row. Counted, and in no metric."""
    fingerprint: str


@dataclass(frozen=True, kw_only=True)
class Evaluation(Document):
    """Challenger, champion and trivial baselines, all on the same held-out rows."""

    kind: ClassVar[str] = "evaluation"

    objective: str
    model_uri: str
    split: str
    k: int
    relevance_threshold: float
    held_out: HeldOut
    challenger: Metrics
    champion: Metrics | None
    champion_model_uri: str
    baselines: dict[str, Metrics]
    intervals: dict[str, Estimate] = field(default_factory=dict)
    """The challenger's metrics with bootstrap intervals over users (ranking) or rows (rating)."""
    gains: dict[str, Estimate] = field(default_factory=dict)
    """Challenger minus champion over the same resamples (paired); empty without a champion."""
    resamples: int = 0
    """How many the intervals and gains are from; without any there are none."""
    confidence: float = 0.95
    """Share of the resamples within an interval."""
    fit_for: list[str]
    """The objectives in which the challenger beats the trivial baseline: `ranking`, `rating`, both or none."""
    seconds: float
    code_sha: str


@dataclass(frozen=True, kw_only=True)
class Check:
    """One reason for or against promotion, as a sentence."""

    passed: bool
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Verdict(Document):
    """The gate's decision and every check behind it."""

    kind: ClassVar[str] = "verdict"

    mode: str
    approved: bool
    """Whether every check passed."""
    promote: bool
    """What happens: differs from `approved` only when the gate is disabled or in dry run."""
    checks: list[Check] = field(default_factory=list)
