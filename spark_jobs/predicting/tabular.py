"""Predictions as rows of a table for a database, whatever format the output has."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from spark_jobs.predicting.outcome import Failure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spark_jobs.predicting.reader import Batch
    from spark_jobs.predicting.render import Dumps

_PLACE = ("file", "start", "line")
_TYPES = {
    **dict.fromkeys(_PLACE, pa.int64()),
    "record_key": pa.string(),
    "prediction": pa.string(),
    "prediction_number": pa.float64(),
    "error_type": pa.string(),
}
_DDL = {pa.int64(): "bigint", pa.string(): "string", pa.float64(): "double"}
TABLE_DDL = f"array<struct<{','.join(f'{name}:{_DDL[kind]}' for name, kind in _TYPES.items())}>>"
_NUL, _REPLACEMENT = "\0", "\N{REPLACEMENT CHARACTER}"


def table_rows(batch: Batch, outcomes: Sequence[Any], *, key: str, dumps: Dumps) -> pa.ListArray:
    """The rows of a batch as one array: one for each record, with or without a prediction."""
    keys = _keys(batch, key) if key else [None] * len(outcomes)
    columns: list[list[Any]] = [
        [file for file, _ in batch.splits],
        [start for _, start in batch.splits],
        batch.lines,
        [text_of(each, dumps) for each in keys],
        [None if isinstance(each, Failure) else text_of(each, dumps) for each in outcomes],
        [number_of(each) for each in outcomes],
        [each.error_type if isinstance(each, Failure) else None for each in outcomes],
    ]
    arrays = [pa.array(values, kind) for values, kind in zip(columns, _TYPES.values(), strict=True)]
    rows = pa.StructArray.from_arrays(arrays, list(_TYPES))
    return pa.ListArray.from_arrays(pa.array([0, len(rows)], pa.int32()), rows)


def text_of(value: Any, dumps: Dumps) -> str | None:
    """A text as it is, what JSON knows as JSON, all else as Python writes it; None for None.

    Characters that databases refuse are replaced: NUL (PostgreSQL has no place for it) and lone surrogates.
    """
    if value is None:
        return None
    if isinstance(value, (bool, int, float, dict, list)):
        return dumps(value).decode()
    return str(value).encode(errors="replace").decode().replace(_NUL, _REPLACEMENT)


def number_of(value: Any) -> float | None:
    """A finite number as one; None for all else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _keys(batch: Batch, key: str) -> list[Any]:
    """The value of each record's key, as the input has it; None where it has none, or cannot be read."""
    pairs = zip(batch.shown, batch.records, strict=True)
    records = (shown if isinstance(shown, dict) else record for shown, record in pairs)
    return [record.get(key) if isinstance(record, dict) else None for record in records]
