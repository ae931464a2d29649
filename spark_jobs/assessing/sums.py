"""Sums over held-out rows, for the sample and all its resamples at once: all that the metrics are made of.

A row adds values to cells: one cell for a plain sum, a cell for each bin of a histogram. Partitions are reduced with
NumPy where they are, their sums are added by key, and the driver gets one row for each cell that is not empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from spark_jobs.assessing.resampling import weights
from spark_jobs.transforms.python_worker import settled

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyspark.sql import DataFrame

    Floats = NDArray[np.float64]
    Cells = NDArray[np.int64]

DRAW = "penstock_draw"
"""A row's key for the resamples."""
GROUPS = "penstock_groups"
"""The numbers of the groups that a row belongs to, an array; group 0 is of all rows."""
MOST_CELLS = 2**32
"""Of one statistic of one group: the keys are 64-bit."""
CHUNK_VALUES = 1_000_000
"""Draws held at once by one task: 8 MB."""
_SCHEMA = "cell long, sums binary"


class Statistic(NamedTuple):
    """What rows add to, and where: `cells` is None for a plain sum."""

    values: Floats
    cells: Cells | None = None


Columns = Mapping[str, Any]
"""NumPy arrays by column, a row each."""
Statistics = Callable[[Columns], list[Statistic]]
"""A pure function of the columns that needs no state of the driver, because it runs in Spark's Python workers."""


@dataclass(frozen=True)
class Sums:
    """What was added up."""

    cells: dict[int, Floats]
    resamples: int
    statistics: int

    def of(self, group: int, statistic: int, size: int = 1) -> Floats:
        """Shape (size, 1 + resamples): the sample comes first; cells without a row are 0."""
        found = np.zeros((size, 1 + self.resamples))
        begin = (group * self.statistics + statistic) * MOST_CELLS
        for cell in range(size):
            if begin + cell in self.cells:
                found[cell] = self.cells[begin + cell]
        return found

    def rows(self, group: int) -> int:
        """How many rows the group has, whatever their weights."""
        return round(float(self.of(group, self.statistics - 1)[0, 0]))


def add_up(rows: DataFrame, statistics: Statistics, *, count: int, resamples: int) -> Sums:
    """The sums of `count` statistics over rows with DRAW, GROUPS and the columns that the statistics look at.

    One statistic more counts the rows.
    """

    def reduce(batches: Iterable[Any]) -> Iterator[Any]:
        partial = merge(_batches(batches, statistics, count + 1, resamples))
        yield from _as_batches(*partial)

    def combine(batches: Iterable[Any]) -> Iterator[Any]:
        yield from _as_batches(*merge(_partials(batches)))

    reduced = rows.mapInArrow(settled(reduce), _SCHEMA)
    if rows.rdd.getNumPartitions() > 1:
        reduced = reduced.repartition("cell").mapInArrow(settled(combine), _SCHEMA)
    cells = {row["cell"]: np.frombuffer(row["sums"]) for row in reduced.toLocalIterator()}
    return Sums(cells=cells, resamples=resamples, statistics=count + 1)


def merge(parts: Iterable[tuple[Cells, Floats]]) -> tuple[Cells, Floats]:
    """Add sums of equal keys; keys come out ascending."""
    keys: Cells = np.empty(0, dtype=np.int64)
    sums: Floats = np.empty((0, 0))
    for more_keys, more in parts:
        if len(keys):
            keys, sums = _reduce(np.concatenate([keys, more_keys]), np.concatenate([sums, more]))
        else:
            keys, sums = _reduce(more_keys, more)
    return keys, sums


def _batches(
    batches: Iterable[Any], statistics: Statistics, count: int, resamples: int
) -> Iterator[tuple[Cells, Floats]]:
    size = max(1, CHUNK_VALUES // (1 + resamples))
    for batch in batches:
        for start in range(0, batch.num_rows, size):
            yield _contributions(batch.slice(start, size), statistics, count, resamples)


def _contributions(batch: Any, statistics: Statistics, count: int, resamples: int) -> tuple[Cells, Floats]:
    columns = {name: _array(batch, name) for name in batch.schema.names}
    groups = columns[GROUPS].T
    drawn = weights(columns[DRAW].astype(np.int64), resamples)
    parts = []
    counted = Statistic(np.ones(batch.num_rows))
    for number, (values, cells) in enumerate([*statistics(columns), counted]):
        weighed = drawn * values[:, np.newaxis]
        place = np.zeros(len(values), dtype=np.int64) if cells is None else cells
        parts += [_reduce((group.astype(np.int64) * count + number) * MOST_CELLS + place, weighed) for group in groups]
    return np.concatenate([keys for keys, _ in parts]), np.concatenate([sums for _, sums in parts])


def _array(batch: Any, name: str) -> Any:
    """A column's values, in a row each if they are arrays, which are all of one length."""
    column = batch.column(batch.schema.names.index(name))
    if pa.types.is_list(column.type):
        return column.flatten().to_numpy(zero_copy_only=False).reshape(len(column), -1)
    return column.to_numpy(zero_copy_only=False)


def _reduce(keys: Cells, values: Floats) -> tuple[Cells, Floats]:
    if not len(keys):
        return keys, values
    if (keys == keys[0]).all():
        return keys[:1], values.sum(axis=0, keepdims=True)
    order = np.argsort(keys, kind="stable")
    unique, starts = np.unique(keys[order], return_index=True)
    return unique, np.add.reduceat(values[order], starts, axis=0)


def _partials(batches: Iterable[Any]) -> Iterator[tuple[Cells, Floats]]:
    for batch in batches:
        keys = batch.column(0).to_numpy(zero_copy_only=False).astype(np.int64)
        sums = [np.frombuffer(each.as_py()) for each in batch.column(1)]
        if sums:
            yield keys, np.stack(sums)


def _as_batches(keys: Cells, sums: Floats, size: int = 1_000) -> Iterator[Any]:
    for start in range(0, len(keys), size):
        rows = pa.array([row.tobytes() for row in sums[start : start + size]], type=pa.binary())
        yield pa.RecordBatch.from_arrays([pa.array(keys[start : start + size]), rows], names=["cell", "sums"])
