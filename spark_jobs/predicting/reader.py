"""Arrow batches as records with their places: which file, which split of it, which line."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from penstock.prediction import PredictionFormat, RecordFormat
from spark_jobs.predicting.outcome import NO_PREDICTION, Failure
from spark_jobs.predicting.records import BLANK, Blank, Parsed, exact_loads, fast_loads, parse_csv, parse_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from spark_jobs.predicting.worker import Work

FILE, START, LINE, VALUE = "__file", "__start", "__line", "__value"
"""Columns that say where a record comes from; the line is counted in the split, of Parquet in the file."""
SHOWN, PREDICTION, ERROR_TYPE, ERROR_MESSAGE = "__shown", "__prediction", "__error_type", "__error_message"
"""Columns of rows for which a Spark model has been asked."""
OWN = (FILE, START, LINE, VALUE, SHOWN, PREDICTION, ERROR_TYPE, ERROR_MESSAGE)

Split = tuple[int, int]
"""A file (the hash of its location) and the byte at which a split of it starts."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Records, blank lines left out; the lists run in parallel."""

    records: list[Any]
    """What the model is asked for, or the Failure to read it."""
    shown: list[Any]
    """The record as the output shows it: the line of JSON, else its fields by name."""
    splits: list[Split]
    lines: list[int]
    """Counted from 1, in the split."""
    counted: dict[Split, int]
    """Lines of each split that were seen in this batch, the blank ones included."""
    table: pa.RecordBatch | None = None
    """Of Parquet: the columns as they are."""


@dataclass(kw_only=True)
class Reader:
    """Reads the batches of one task, in their order."""

    work: Work
    seen: dict[Split, int] = field(default_factory=dict)
    """Lines that the batches before had."""

    @classmethod
    def of(cls, work: Work) -> Reader:
        """A reader for one task."""
        return cls(work=work)

    def __post_init__(self) -> None:
        """Choose the parser of JSON once."""
        self._loads = fast_loads()

    def read(self, batch: pa.RecordBatch) -> Batch:
        """The records of a batch of lines, or of a table's rows."""
        if self.work.input_format is RecordFormat.PARQUET:
            return self._rows(batch)
        splits, lines, counted = self._places(batch)
        values: list[bytes] = batch.column(VALUE).to_pylist()
        if self.work.input_format is RecordFormat.CSV:
            parsed = [self._csv(*each) for each in zip(values, splits, lines, strict=True)]
            records, shown = [each.record for each in parsed], [each.shown for each in parsed]
        else:
            records, shown = self._json(values), values
        if any(isinstance(record, Blank) for record in records):
            keep = [at for at, record in enumerate(records) if record is not BLANK]
            records, shown, splits, lines = (_pick(each, keep) for each in (records, shown, splits, lines))
        return Batch(records=records, shown=shown, splits=splits, lines=lines, counted=counted)

    def read_judged(self, batch: pa.RecordBatch) -> tuple[Batch, list[Any]]:
        """Rows that a Spark model was asked for, and the prediction or Failure of each."""
        table = self._table(batch)
        shown = table.to_pylist() if table is not None else self._shown(batch)
        is_json = self.work.input_format is RecordFormat.JSON
        judged = (batch.column(name).to_pylist() for name in (PREDICTION, ERROR_TYPE, ERROR_MESSAGE))
        outcomes = [
            self._judged(prediction) if kind is None else Failure(kind, message)
            for prediction, kind, message in zip(*judged, strict=True)
        ]
        splits, lines = self._own(batch)
        records = self._json(shown) if is_json else shown
        return Batch(records=records, shown=shown, splits=splits, lines=lines, counted={}, table=table), outcomes

    def _shown(self, batch: pa.RecordBatch) -> list[Any]:
        texts = batch.column(SHOWN).to_pylist()
        is_csv = self.work.input_format is RecordFormat.CSV
        return [json.loads(text) if is_csv else text.encode() for text in texts]

    def _json(self, lines: list[bytes]) -> list[Any]:
        """Classic lines are written as Python's json reads and writes them, so they are read as it does."""
        is_classic = self.work.output_format is PredictionFormat.CLASSIC
        return parse_json(lines, exact_loads(lines, self._loads) if is_classic else self._loads)

    def _judged(self, text: str) -> Any:
        found = json.loads(text)
        if len(found) > 1:
            return found
        (value,) = found.values()
        return value if value is not None else Failure(NO_PREDICTION, "the model returned None")

    def _csv(self, value: bytes, split: Split, line: int) -> Parsed:
        if line == 1 and not split[1]:
            return Parsed(BLANK, None)
        return parse_csv(value, self.work.headers[split[0]], self.work.types)

    def _rows(self, batch: pa.RecordBatch) -> Batch:
        table = self._table(batch)
        rows = table.to_pylist() if table is not None else []
        splits, lines = self._own(batch)
        return Batch(records=rows, shown=rows, splits=splits, lines=lines, counted={}, table=table)

    def _table(self, batch: pa.RecordBatch) -> pa.RecordBatch | None:
        """The input's own columns, if it has any."""
        if self.work.input_format is not RecordFormat.PARQUET:
            return None
        return batch.select([name for name in batch.schema.names if name not in OWN])

    def _own(self, batch: pa.RecordBatch) -> tuple[list[Split], list[int]]:
        files, starts = (batch.column(name).to_pylist() for name in (FILE, START))
        return list(zip(files, starts, strict=True)), batch.column(LINE).to_pylist()

    def _places(self, batch: pa.RecordBatch) -> tuple[list[Split], list[int], dict[Split, int]]:
        """Splits and lines of a batch: rows of one split stand together, in order."""
        files = batch.column(FILE).to_numpy(zero_copy_only=False)
        starts = batch.column(START).to_numpy(zero_copy_only=False)
        changed = np.flatnonzero((np.diff(files) != 0) | (np.diff(starts) != 0)) + 1
        edges = [0, *changed.tolist(), len(files)] if len(files) else [0]
        splits: list[Split] = []
        lines: list[int] = []
        counted: dict[Split, int] = {}
        for begin, end in itertools.pairwise(edges):
            split, size = (int(files[begin]), int(starts[begin])), end - begin
            before = self.seen.get(split, 0)
            splits += [split] * size
            lines += range(before + 1, before + size + 1)
            self.seen[split] = before + size
            counted[split] = counted.get(split, 0) + size
        return splits, lines, counted


def _pick(values: Sequence[Any], keep: Sequence[int]) -> list[Any]:
    return [values[at] for at in keep]
