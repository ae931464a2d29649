"""The n largest of many scores, exactly: equal scores go by position, and so by id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.intp]

CHUNK = 64
"""Scores whose maximum is taken at once; 32 to 256 differ by noise."""


def largest(scores: NDArray[Any], n: int) -> Places:
    """Places of the n largest scores, largest first; all of them if there are fewer. -inf is no score.

    The n-th largest maximum of chunks is not above the n-th largest score, because n chunks have a score that is at
    least as large. So the scores below it are out, and those that remain are few.
    """
    candidates = _candidates(scores, n)
    found = scores[candidates]
    if len(found) > n:
        least = np.partition(found, len(found) - n)[len(found) - n]
        above, equal = np.flatnonzero(found > least), np.flatnonzero(found == least)
        kept = np.sort(np.concatenate([above, equal[: n - len(above)]]))
        candidates, found = candidates[kept], found[kept]
    return candidates[np.argsort(-found, kind="stable")]


def _candidates(scores: NDArray[Any], n: int) -> Places:
    """Places, ascending, of all scores that may be among the n largest.

    Chunk i is every score at i, i + chunks, i + 2 chunks, ...: the maxima of all chunks are then maxima of whole
    vectors, which costs a fraction of the maximum of neighbours.
    """
    chunks = len(scores) // CHUNK
    if chunks <= n:
        return np.flatnonzero(scores > -np.inf)
    whole = chunks * CHUNK
    rows = scores[:whole].reshape(CHUNK, chunks)
    maxima = rows.max(axis=0)
    bound = np.partition(maxima, chunks - n)[chunks - n]
    if bound == -np.inf:
        return np.flatnonzero(scores > -np.inf)
    columns = np.flatnonzero(maxima >= bound)
    row, column = np.nonzero(rows[:, columns] >= bound)
    behind = np.flatnonzero(scores[whole:] >= bound) + whole
    return np.concatenate([row * chunks + columns[column], behind])
