"""What a Python worker does with batches of lines or rows: ask the model, and pack what came of it.

A packet is one row for a whole batch, so that Spark moves and keeps a few large values instead of many small ones:
the output's lines as one text (or its rows as one array), counts for each split of a file, and the failures.
Where a split's first line stands in its file is known only when all splits before it have been counted; until then
lines are numbered within their split.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

from spark_jobs.predicting.loading import use_packages, worker_model
from spark_jobs.predicting.outcome import Failure
from spark_jobs.predicting.packet import Packet, pack
from spark_jobs.predicting.reader import Batch, Reader
from spark_jobs.predicting.writer import Writer

if TYPE_CHECKING:
    from penstock.prediction import ModelEntry, PredictionFormat, RecordFormat
    from spark_jobs.predicting.model import LoadedModel


@dataclass(frozen=True, kw_only=True)
class Work:
    """Everything a worker has to know, small enough to travel with every task."""

    entry: ModelEntry
    packages: str
    input_format: RecordFormat
    output_format: PredictionFormat
    columns: list[str]
    """Of the input as it is shown in CSV and Parquet; empty for JSON."""
    types: dict[str, str]
    """Columns that the model asks for, with their types."""
    headers: dict[int, list[str]] = field(default_factory=dict)
    """Of CSV: each file's columns."""
    prediction_columns: dict[str, str] = field(default_factory=dict)
    """The prediction's own columns; empty: it is one value."""
    prediction_type: str = "string"
    """Of the one value."""
    tabled: bool = False
    """Whether the predictions are wanted as a table, too."""
    key: str = ""
    """Of the table: the column or field of the records that it keeps."""


Batches = Iterable[pa.RecordBatch]


def predict_batches(work: Work) -> Callable[[Batches], Iterator[pa.RecordBatch]]:
    """The function for mapInArrow: batches of lines or rows in, packets out."""

    def run(batches: Batches) -> Iterator[pa.RecordBatch]:
        use_packages(work.packages)
        model = worker_model(work.entry)
        reader, writer = Reader.of(work), Writer.of(work)
        for each in batches:
            yield predict_batch(model, reader.read(each), writer)

    return run


def render_batches(work: Work) -> Callable[[Batches], Iterator[pa.RecordBatch]]:
    """The same where the predictions have been made: they come with the rows, as JSON."""

    def run(batches: Batches) -> Iterator[pa.RecordBatch]:
        use_packages(work.packages)
        reader, writer = Reader.of(work), Writer.of(work)
        for each in batches:
            batch, outcomes = reader.read_judged(each)
            yield pack(Packet(batch=batch, outcomes=outcomes, writer=writer))

    return run


def predict_batch(model: LoadedModel, batch: Batch, writer: Writer) -> pa.RecordBatch:
    """Ask for the records that could be read; what could not has its Failure already."""
    good = [at for at, record in enumerate(batch.records) if not isinstance(record, Failure)]
    records = batch.records if len(good) == len(batch.records) else [batch.records[at] for at in good]
    outcomes = list(batch.records)
    for at, outcome in zip(good, model.predict(records), strict=True):
        outcomes[at] = outcome
    return pack(Packet(batch=batch, outcomes=outcomes, writer=writer))
