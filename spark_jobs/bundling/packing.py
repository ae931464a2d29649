"""Tables of any size brought to the driver as plain arrays, in order, a partition at a time.

The rows are packed where they are: one row of bytes for each batch of Arrow. So the driver holds no Python object for a
row or an element, and no more than a partition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyspark.sql import DataFrame

    Column = tuple[NDArray[Any], NDArray[np.int64]]
    """The elements of all rows, one row behind the other, and how many each row has; of text, the bytes of UTF-8."""

KINDS = {"int": "i4", "bigint": "i8", "float": "f4", "array<int>": "i4", "array<float>": "f4", "string": "u1"}
"""Spark's types that can be packed, and NumPy's of their elements."""


def packed(table: DataFrame) -> Iterator[dict[str, Column]]:
    """The rows of a table without nulls, a batch at a time, in the table's order."""
    kinds = dict(table.dtypes)
    names = list(kinds)

    def pack(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            found = [each for name in names for each in _bytes_of(batch.column(name))]
            yield pa.RecordBatch.from_arrays(
                [pa.array([each], pa.binary()) for each in found], names=[str(at) for at in range(len(found))]
            )

    schema = ", ".join(f"`{at}` binary" for at in range(2 * len(names)))
    for row in table.mapInArrow(pack, schema).toLocalIterator():
        yield {
            name: (np.frombuffer(row[2 * at], KINDS[kinds[name]]), np.frombuffer(row[2 * at + 1], np.int64))
            for at, name in enumerate(names)
        }


def _bytes_of(column: pa.Array) -> tuple[bytes, bytes]:
    if pa.types.is_list(column.type):
        counts = column.value_lengths().to_numpy(zero_copy_only=False)
        return _numbers(column.flatten()), counts.astype(np.int64).tobytes()
    if pa.types.is_string(column.type):
        texts = [each.encode() for each in column.to_pylist()]
        return b"".join(texts), np.array([len(each) for each in texts], dtype=np.int64).tobytes()
    return _numbers(column), np.ones(len(column), dtype=np.int64).tobytes()


def _numbers(column: pa.Array) -> bytes:
    return bytes(column.to_numpy(zero_copy_only=False).tobytes())
