"""Predictions as the output wants them: lines of text, or columns of a table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from penstock.prediction import PredictionFormat, RecordFormat
from spark_jobs.predicting.outcome import Failure
from spark_jobs.predicting.render import (
    as_json,
    cells,
    classic_line,
    csv_line,
    fast_dumps,
    json_line,
    settled,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from spark_jobs.predicting.reader import Batch
    from spark_jobs.predicting.worker import Work

ARROW = {"double": pa.float64(), "bigint": pa.int64(), "string": pa.string(), "boolean": pa.bool_()}
INPUT = "input"
"""The column that holds a record of JSON."""


@dataclass(kw_only=True)
class Writer:
    """Writes the batches of one task."""

    work: Work
    header: bool
    """Whether the first line is still to come."""

    @classmethod
    def of(cls, work: Work) -> Writer:
        """A writer for one task, whose lines go into one file."""
        return cls(work=work, header=work.output_format is PredictionFormat.CSV)

    def __post_init__(self) -> None:
        """Choose the writer of JSON once."""
        self.dumps = fast_dumps()

    def lines(self, batch: Batch, outcomes: list[Any]) -> bytes:
        """The batch as text, without the end of the last line."""
        render = self._render()
        lines = [
            render(shown, record, outcome)
            for shown, record, outcome in zip(batch.shown, batch.records, outcomes, strict=True)
        ]
        if self.header:
            self.header = False
            names = [f"prediction_{name}" for name in self.work.prediction_columns] or ["prediction"]
            lines.insert(0, csv_line([*(self.work.columns or [INPUT]), *names]))
        return b"\n".join(lines)

    def table(self, batch: Batch, outcomes: list[Any]) -> pa.StructArray:
        """The batch as one array of rows; what does not fit the column becomes a Failure in `outcomes`."""
        arrays, names = self._shown_columns(batch)
        kind = prediction_type(self.work)
        if kind == pa.string():
            predictions = pa.array([None if isinstance(each, Failure) else _text(each) for each in outcomes], kind)
        else:
            predictions = _fitting(outcomes, kind)
        return pa.StructArray.from_arrays([*arrays, predictions], [*names, "prediction"])

    def _render(self) -> Callable[[Any, Any, Any], bytes]:
        is_json, output = self.work.input_format is RecordFormat.JSON, self.work.output_format
        if output is PredictionFormat.JSON:
            return self._verbatim if is_json else self._as_object
        if output is PredictionFormat.CLASSIC:
            return _classic_json if is_json else lambda shown, _, outcome: classic_line(shown, outcome)
        return self._csv_json if is_json else self._csv

    def _verbatim(self, shown: bytes, record: Any, outcome: Any) -> bytes:
        source = _quoted(shown) if isinstance(record, Failure) else shown.strip()
        return json_line(source, outcome, self.dumps)

    def _as_object(self, shown: Any, _: Any, outcome: Any) -> bytes:
        return json_line(self.dumps(shown), outcome, self.dumps)

    def _csv_json(self, shown: bytes, _: Any, outcome: Any) -> bytes:
        return csv_line([_decoded(shown), *cells(outcome, list(self.work.prediction_columns))])

    def _csv(self, shown: Any, _: Any, outcome: Any) -> bytes:
        fields = [shown.get(name) for name in self.work.columns]
        return csv_line([*fields, *cells(outcome, list(self.work.prediction_columns))])

    def _shown_columns(self, batch: Batch) -> tuple[list[pa.Array], list[str]]:
        if batch.table is not None:
            return batch.table.columns, batch.table.schema.names
        if self.work.input_format is RecordFormat.JSON:
            return [pa.array([_decoded(each) for each in batch.shown], pa.string())], [INPUT]
        names = self.work.columns
        return [pa.array([each.get(name) for each in batch.shown], pa.string()) for name in names], names


def prediction_type(work: Work) -> pa.DataType:
    """The type of the prediction's column: plain, a struct of plain values, or JSON text."""
    if work.prediction_columns:
        return pa.struct([(name, ARROW[kind]) for name, kind in work.prediction_columns.items()])
    return ARROW[work.prediction_type]


def _fitting(outcomes: list[Any], kind: pa.DataType) -> pa.Array:
    try:
        return pa.array([settled(each) for each in outcomes], kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        for at, each in enumerate(outcomes):
            try:
                pa.array([settled(each)], kind)
            except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
                outcomes[at] = Failure.of(error)
        return pa.array([settled(each) for each in outcomes], kind)


def _classic_json(shown: bytes, record: Any, outcome: Any) -> bytes:
    return classic_line(_decoded(shown) if isinstance(record, Failure) else record, outcome)


def _quoted(line: bytes) -> bytes:
    return json.dumps(_decoded(line), ensure_ascii=False).encode()


def _decoded(line: bytes) -> str:
    return line.decode(errors="replace").rstrip("\r")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else as_json(value)
