"""The Poisson bootstrap: how sure a metric is, in one pass over any number of rows.

A bootstrap resample of n rows holds Binomial(n, 1/n) copies of each, which for many rows is Poisson(1), independent
between rows (Hanley and MacGibbon 2006; Chamandy et al. 2012, "Estimating Uncertainty for Massive Data Streams").
Here the number of copies is a pure function of the row's key and the resample's number: partitions can be summed by
themselves, a retry gives the same interval, and two models that are measured on the same rows are resampled alike, so
that the difference of their metrics in each resample is a paired one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from penstock.estimate import Estimate
from spark_jobs.transforms.python_worker import settled

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyspark.sql import DataFrame

KEY = "key"
"""The column that says which row it is, as bigint; equal keys are always drawn together."""
BLOCK_WEIGHTS = 1024**2
"""Weights held at once by one task: 8 MiB, whatever the number of rows and resamples."""

_GOLDEN = 0x9E3779B97F4A7C15
_ROUNDS = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
"""SplitMix64 (Steele, Lea and Flood 2014), whose outputs are also those of its counters: no state to carry along."""
_DRAWS_PER_HASH = 4


def resampled_sums(rows: DataFrame, resamples: int) -> dict[str, NDArray[np.float64]]:
    """For each column of `rows` but KEY: [0] its sum, [1:] its weighted sum in each resample.

    The columns are doubles without NULL and NaN. A metric is a function of such sums, for instance a mean over users
    the sum of their values by the sum of a column of ones. One row for each partition comes to the driver.
    """
    names = [name for name in rows.columns if name != KEY]
    total = np.zeros((resamples + 1, len(names)))
    for row in rows.mapInArrow(settled(_summer(names, resamples)), "sums array<double>").collect():
        total += np.array(row["sums"]).reshape(total.shape)
    return {name: total[:, column] for column, name in enumerate(names)}


def poisson_weights(keys: NDArray[np.int64], resamples: int) -> NDArray[np.float64]:
    """How often each row is in each resample: shape (keys, resamples), a pure function of key and resample."""
    hashes = math.ceil(resamples / _DRAWS_PER_HASH)
    counters = np.arange(1, hashes + 1, dtype=np.uint64) * np.uint64(_GOLDEN)
    mixed = _mix(keys.astype(np.uint64)[:, None] + counters)
    drawn: NDArray[np.float64] = _COPIES[mixed.astype("<u8", copy=False).view("<u2")]
    return drawn[:, :resamples]


def interval(samples: NDArray[np.float64], *, confidence: float) -> Estimate:
    """The percentile bootstrap (Efron 1979) over a metric's [0] value and [1:] resamples.

    Resamples in which the metric is undefined, because none of its rows was drawn, are left out.
    """
    value, drawn = float(samples[0]), samples[1:][np.isfinite(samples[1:])]
    if not math.isfinite(value):
        return Estimate(value=None)
    if not len(drawn):
        return Estimate(value=value)
    low, high = np.quantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Estimate(value=value, low=float(low), high=float(high))


def _summer(names: Sequence[str], resamples: int) -> Callable[[Iterable[Any]], Iterator[Any]]:
    def sum_up(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        total = np.zeros((resamples + 1, len(names)))
        for batch in batches:
            values = np.column_stack([batch.column(name).to_numpy(zero_copy_only=False) for name in names])
            total += weighted_sums(batch.column(KEY).to_numpy(zero_copy_only=False), values, resamples)
        yield pa.RecordBatch.from_arrays([pa.array([total.ravel()], pa.list_(pa.float64()))], names=["sums"])

    return sum_up


def weighted_sums(keys: NDArray[np.int64], values: NDArray[np.float64], resamples: int) -> NDArray[np.float64]:
    """[0] the sums of the columns of `values`, [1:] their weighted sums in each resample."""
    total = np.zeros((resamples + 1, values.shape[1]))
    total[0] = values.sum(axis=0)
    rows = max(1, BLOCK_WEIGHTS // max(1, resamples))
    for start in range(0, len(keys) if resamples else 0, rows):
        block = slice(start, start + rows)
        total[1:] += poisson_weights(keys[block], resamples).T @ values[block]
    return total


def _mix(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    for shift, factor in _ROUNDS:
        state = (state ^ (state >> np.uint64(shift))) * np.uint64(factor)
    return state ^ (state >> np.uint64(31))


def _poisson_table() -> NDArray[np.float64]:
    """Poisson(1) by 16 random bits: the probabilities are right to 1/65,536, and the mean to 1e-5."""
    shares = [math.exp(-1) / math.factorial(copies) for copies in range(12)]
    uniform = (np.arange(2**16) + 0.5) / 2**16
    return np.searchsorted(np.cumsum(shares), uniform, side="right").astype(np.float64)


_COPIES = _poisson_table()
