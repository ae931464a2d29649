"""Packets: one row for what came of a whole batch."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from penstock.prediction import PredictionFormat
from spark_jobs.predicting.outcome import Failure
from spark_jobs.predicting.render import as_json
from spark_jobs.predicting.tabular import TABLE_DDL, table_rows

if TYPE_CHECKING:
    from spark_jobs.predicting.reader import Batch
    from spark_jobs.predicting.writer import Writer

COUNTS_DDL = "array<struct<file:bigint,start:bigint,lines:bigint,records:bigint,predicted:bigint>>"
BAD_DDL = "array<struct<file:bigint,start:bigint,line:bigint,error_type:string,error_message:string,payload:string>>"
_SPLIT = [("file", pa.int64()), ("start", pa.int64())]
_COUNTS = pa.list_(pa.struct([*_SPLIT, *[(name, pa.int64()) for name in ("lines", "records", "predicted")]]))
_TEXTS = [(name, pa.string()) for name in ("error_type", "error_message", "payload")]
_BAD = pa.list_(pa.struct([*_SPLIT, ("line", pa.int64()), *_TEXTS]))


@dataclass(frozen=True, kw_only=True)
class Packet:
    """A batch and the outcome of each of its records."""

    batch: Batch
    outcomes: list[Any]
    writer: Writer


def packet_ddl(rows: str, *, tabled: bool = False) -> str:
    """The schema of packets; `rows` is the DDL of one row of the output, or empty for text."""
    table = f", table {TABLE_DDL}" if tabled else ""
    return f"output {f'array<{rows}>' if rows else 'string'}, counts {COUNTS_DDL}, bad {BAD_DDL}{table}"


def pack(packet: Packet) -> pa.RecordBatch:
    """One row: the output, the counts of each split, the failures, and the rows of the table if one is wanted."""
    batch, writer, outcomes = packet.batch, packet.writer, list(packet.outcomes)
    if writer.work.output_format is PredictionFormat.PARQUET:
        rows = writer.table(batch, outcomes)
        output: pa.Array = pa.ListArray.from_arrays(pa.array([0, len(rows)], pa.int32()), rows)
    else:
        output = pa.array([writer.lines(batch, outcomes) if batch.records else None], pa.binary()).cast(pa.string())
    bad = [_bad(batch, at, each) for at, each in enumerate(outcomes) if isinstance(each, Failure)]
    columns = {"output": output, "counts": pa.array([_counts(batch, outcomes)], _COUNTS), "bad": pa.array([bad], _BAD)}
    if writer.work.tabled:
        columns["table"] = table_rows(batch, outcomes, key=writer.work.key, dumps=writer.dumps)
    return pa.RecordBatch.from_pydict(columns)


def _counts(batch: Batch, outcomes: list[Any]) -> list[dict[str, int]]:
    records = Counter(batch.splits)
    predicted = Counter(
        split for split, each in zip(batch.splits, outcomes, strict=True) if not isinstance(each, Failure)
    )
    return [
        {
            "file": split[0],
            "start": split[1],
            "lines": batch.counted.get(split, 0),
            "records": records[split],
            "predicted": predicted[split],
        }
        for split in records.keys() | batch.counted.keys()
    ]


def _bad(batch: Batch, at: int, failure: Failure) -> dict[str, Any]:
    (file, start), shown = batch.splits[at], batch.shown[at]
    return {
        "file": file,
        "start": start,
        "line": batch.lines[at],
        "error_type": failure.error_type,
        "error_message": failure.message,
        "payload": shown.decode(errors="replace") if isinstance(shown, bytes) else as_json(shown),
    }
