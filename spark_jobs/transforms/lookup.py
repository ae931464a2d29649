"""From ids to places: by a table where the ids lie close together, by bisection where they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOOKUP_BYTES = 64 * 1024**2
"""Largest table; ids that are spread wider are sought by bisection."""


class Lookup:
    """Places of `ids`, which are ascending int32."""

    def __init__(self, ids: NDArray[np.int32]) -> None:
        """Make the table if it is not too large."""
        self._ids = ids
        self._table = _table(ids)

    def places(self, wanted: NDArray[np.int32]) -> NDArray[np.intp]:
        """Where these ids are, -1 where they are not."""
        if not len(self._ids):
            return np.full(wanted.shape, -1)
        if self._table is None:
            found = np.minimum(np.searchsorted(self._ids, wanted), len(self._ids) - 1)
            return np.where(self._ids[found] == wanted, found, -1)
        offset = wanted.astype(np.intp) - self._ids[0]
        inside = (offset >= 0) & (offset < len(self._table))
        return np.where(inside, self._table[np.where(inside, offset, 0)], -1)


def _table(ids: NDArray[np.int32]) -> NDArray[np.int32] | None:
    if not len(ids):
        return None
    span = int(ids[-1]) - int(ids[0]) + 1
    if span * 4 > LOOKUP_BYTES:
        return None
    table = np.full(span, -1, dtype=np.int32)
    table[ids.astype(np.intp) - ids[0]] = np.arange(len(ids), dtype=np.int32)
    return table
