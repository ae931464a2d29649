"""The k best items by inner product for blocks of users, exactly and quickly: one matrix product, then a selection.

The selection looks at every score once: items stand in chunks of neighbours by id, the maximum of each chunk is taken,
the k chunks with the largest maxima are chosen, and the k best items are sought inside them. That is exact: an item
outside of them has k items before it, the best of each chosen chunk. Ties go by id, of chunks as of items.

A block of users is small enough for its scores to stay in the processor's cache, and every product has the same shape.
With AVX-512, BLAS then computes every place of it alike; elsewhere the last bit of a score may depend on the place. A
table is the same all the same, because its plan puts every user into the same place, whatever the cluster.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spark_jobs.transforms.lookup import Lookup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Best = tuple[NDArray[np.int32], NDArray[np.float32]]
    """Ids and scores, both of shape (users, k), best first; where there is no item the score is -inf."""

BLOCK_USERS = 64
"""Users scored at once: fewer waste the product, more leave the cache; 32 to 128 differ by noise."""
BLOCK_ITEMS = 65_536
"""Items scored at once: 16 MiB of scores, whatever the catalogue."""
TILE = 16
"""What BLAS computes at once divides the shape of every product, so that no item falls to the code for remainders."""
GATHERING = 3
"""How much dearer a score inside a chosen chunk is than the maximum of a chunk, measured at k 10 and 100."""


@dataclass(frozen=True, kw_only=True)
class Items:
    """Item factors in memory: `ids` ascending int32 of shape (items,), `factors` float32 of shape (items, rank)."""

    ids: NDArray[np.int32]
    factors: NDArray[np.float32]

    def only(self, ids: NDArray[np.int32]) -> Items:
        """The items that are among `ids`."""
        kept = np.isin(self.ids, ids)
        return Items(ids=self.ids[kept], factors=self.factors[kept])

    def blocks(self, size: int) -> list[Items]:
        """The same items in blocks of at most `size`, at least one."""
        starts = range(0, max(1, len(self.ids)), size)
        return [Items(ids=self.ids[at : at + size], factors=self.factors[at : at + size]) for at in starts]


class Kernel:
    """One block of items, laid out for the selection of the k best."""

    def __init__(self, items: Items, k: int) -> None:
        """Place the items: the item at i * height + j is the j-th of chunk i, and column j * chunks + i."""
        self.k = k
        self._chunks, self._height = shape_for(len(items.ids), k)
        self._width = self._chunks * self._height
        columns = self._column(np.arange(self._width))
        self._factors = np.zeros((items.factors.shape[1], self._width), dtype=np.float32)
        self._factors[:, columns[: len(items.ids)]] = items.factors.T
        self._beyond = columns[len(items.ids) :]
        self._at_place = np.zeros(self._width, dtype=np.int32)
        self._at_place[: len(items.ids)] = items.ids
        self._lookup = Lookup(items.ids)
        self._users = np.zeros((BLOCK_USERS, items.factors.shape[1]), dtype=np.float32)
        self._scores = np.empty((BLOCK_USERS, self._width), dtype=np.float32)
        self._maxima = np.empty((BLOCK_USERS, self._chunks), dtype=np.float32)

    def best(self, factors: NDArray[np.float32], owners: NDArray[np.intp], unwanted: NDArray[np.int32]) -> Best:
        """The k best for each row of `factors`, without the items `unwanted` by the rows `owners` (ascending)."""
        places = self._lookup.places(unwanted)
        known = places >= 0
        owners, columns = owners[known], self._column(places[known])
        starts = range(0, len(factors), BLOCK_USERS)
        cuts = np.searchsorted(owners, [*starts, len(factors)])
        ids = np.empty((len(factors), self.k), dtype=np.int32)
        scores = np.empty((len(factors), self.k), dtype=np.float32)
        for block, start in enumerate(starts):
            own = slice(cuts[block], cuts[block + 1])
            self._score(factors[start : start + BLOCK_USERS], owners[own] - start, columns[own])
            chosen = self._within(*self._best_chunks())
            rows = min(BLOCK_USERS, len(factors) - start)
            ids[start : start + rows], scores[start : start + rows] = (each[:rows] for each in chosen)
        return ids, scores

    def _score(self, factors: NDArray[np.float32], owners: NDArray[np.intp], columns: NDArray[np.intp]) -> None:
        self._users[: len(factors)] = factors
        np.matmul(self._users, self._factors, out=self._scores)
        self._scores[:, self._beyond] = -np.inf
        self._scores.reshape(-1)[owners * self._width + columns] = -np.inf

    def _best_chunks(self) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """The chunks with the k largest maxima in each row, ties by their number, and the least of these maxima.

        Of shapes (rows, k) and (rows, 1). Each chosen chunk has an item of at least that score, so the k best do too.
        """
        maxima = self._scores.reshape(BLOCK_USERS, self._height, self._chunks).max(axis=1, out=self._maxima)
        rest = self._chunks - self.k
        least = np.partition(maxima, rest, axis=1)[:, rest, None]
        chosen = maxima >= least
        if np.count_nonzero(chosen) != chosen.shape[0] * self.k:
            tied = chosen.sum(axis=1) > self.k
            chosen[tied] = _first_of_equals(maxima[tied], least[tied], self.k)
        return (np.flatnonzero(chosen) % self._chunks).reshape(BLOCK_USERS, self.k), least

    def _within(self, chunks: NDArray[np.intp], least: NDArray[np.float32]) -> Best:
        """The k best items of these chunks, all of which score `least` or more."""
        rows = np.arange(BLOCK_USERS)[:, None] * self._width
        inner = np.arange(self._height)[:, None]
        columns = (rows + chunks)[:, None, :] + inner * self._chunks
        scores = self._scores.reshape(-1).take(columns.reshape(BLOCK_USERS, -1))
        good = np.flatnonzero(scores >= least)
        row, candidate = good // scores.shape[1], good % scores.shape[1]
        places = chunks[row, candidate % self.k] * self._height + candidate // self.k
        chosen, best = largest(*_padded(row, scores.reshape(-1)[good], places, self.k), self.k)
        return self._at_place[chosen], best

    def _column(self, places: NDArray[np.intp]) -> NDArray[np.intp]:
        return places % self._height * self._chunks + places // self._height


def shape_for(items: int, k: int) -> tuple[int, int]:
    """How many chunks and of what height, so that looking at chunks and inside them costs the least together."""
    chunks = max(k, math.ceil(math.sqrt(GATHERING * k * items)))
    height = max(1, math.ceil(items / chunks))
    chunks = max(k, math.ceil(items / height))
    return math.ceil(chunks / TILE) * TILE, height


def merge(parts: Sequence[Best], k: int) -> Best:
    """The k best of several selections for the same users; equal scores go by id."""
    if len(parts) == 1:
        return parts[0]
    ids = np.concatenate([each[0] for each in parts], axis=1).astype(np.int64)
    chosen, scores = largest(np.concatenate([each[1] for each in parts], axis=1), ids - np.iinfo(np.int32).min, k)
    return (chosen + np.iinfo(np.int32).min).astype(np.int32), scores


def largest(
    scores: NDArray[np.float32], labels: NDArray[np.intp], k: int
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Labels (0 to 2**32 - 1) and scores of the k largest of each row, largest first, equal scores by label.

    Score and label together are one integer: a float's bits, those below the sign turned over if it is negative, are
    in the floats' own order.
    """
    bits = (scores + np.float32(0)).view(np.int32)  # -0.0 is 0.0
    keys = (bits ^ ((bits >> 31) & 0x7FFFFFFF)).astype(np.int64)
    keys = (keys << 32) | (0xFFFFFFFF - labels)
    rest = keys.shape[1] - k
    if rest > 0:
        keys = np.partition(keys, rest, axis=1)[:, rest:]
    keys = np.sort(keys, axis=1)[:, ::-1]
    bits = (keys >> 32).astype(np.int32)
    return 0xFFFFFFFF - (keys & 0xFFFFFFFF), (bits ^ ((bits >> 31) & 0x7FFFFFFF)).view(np.float32)


def _padded(
    rows: NDArray[np.intp], scores: NDArray[np.float32], places: NDArray[np.intp], k: int
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Scores and places as matrices of BLOCK_USERS rows, as wide as the longest of the rows (ascending), or k."""
    counts = np.bincount(rows, minlength=BLOCK_USERS)
    at = rows, np.arange(len(rows)) - (np.cumsum(counts) - counts)[rows]
    shape = BLOCK_USERS, max(k, counts.max())
    filled = np.full(shape, -np.inf, dtype=np.float32), np.zeros(shape, dtype=np.intp)
    filled[0][at], filled[1][at] = scores, places
    return filled


def _first_of_equals(maxima: NDArray[np.float32], least: NDArray[np.float32], k: int) -> NDArray[np.bool_]:
    above, equal = maxima > least, maxima == least
    wanted: NDArray[np.bool_] = above | (equal & (equal.cumsum(axis=1) <= k - above.sum(axis=1, keepdims=True)))
    return wanted
