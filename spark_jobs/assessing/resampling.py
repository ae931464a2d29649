"""The Poisson bootstrap: in each resample every row counts as often as a Poisson(1) draw says.

It approaches Efron's bootstrap for many rows and needs no row twice, so that one pass over partitions in any order does
for all resamples (Chamandy, Muralidharan, Najmi and Naidu 2012, "Estimating uncertainty for massive data streams"). The
draws are a pure function of a row's key: every contender sees the same resamples, whatever the partitioning.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BITS = 16
_PER_WORD = 64 // _BITS
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def poisson_table() -> NDArray[np.float64]:
    """Poisson(1) by 16 random bits: each count has its probability to 1/65,536, and the mean is 1 to that."""
    cumulative = np.cumsum([math.exp(-1) / math.factorial(count) for count in range(20)])
    edges = np.rint(cumulative * 2**_BITS).astype(np.int64)
    return np.searchsorted(edges, np.arange(2**_BITS), side="right").astype(np.float64)


_TABLE = poisson_table()


def weights(keys: NDArray[np.int64], resamples: int) -> NDArray[np.float64]:
    """How often each row counts, of shape (rows, 1 + resamples): once in the sample itself, which comes first.

    The random bits are SplitMix64's (Steele, Lea and Flood 2014), begun at the row's key.
    """
    words = -(-resamples // _PER_WORD)
    steps = np.arange(1, words + 1, dtype=np.uint64) * _GOLDEN
    state = keys.view(np.uint64)[:, np.newaxis] + steps
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    bits = np.ascontiguousarray(state ^ (state >> np.uint64(31))).view(np.uint16)
    result = np.ones((len(keys), 1 + resamples))
    result[:, 1:] = _TABLE[bits[:, :resamples]]
    return result
