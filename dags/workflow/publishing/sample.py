"""Who the canary users are: those of the scores whose hashed ids are least, so that a seed always finds the same."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from workflow.publishing.canary import Scored

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

KEPT = 8
"""How many times the wanted users are kept until they are thinned out again."""
Rows = dict[int, list[tuple[int, int, float]]]
"""By user: rank, item, score."""


def sample_users(batches: Iterable[pa.RecordBatch], *, users: int, seed: int, n: int) -> list[Scored]:
    """A sample of the users of a table of scores with their `n` best items, in one pass and bounded memory."""
    import numpy as np  # noqa: PLC0415 - takes longer to import than a DAG file may take to parse

    kept: Rows = defaultdict(list)
    bound = np.uint64(2**64 - 1)
    for batch in batches:
        ids = batch.column("user_id").to_numpy()
        near = np.flatnonzero(hashed(ids, seed) <= bound)
        for row in batch.take(near).to_pylist():
            kept[row["user_id"]].append((row["rank"], row["item_id"], row["score"]))
        if len(kept) > KEPT * users:
            kept, bound = _least(kept, users, seed)
    return [_scored(user, rows, n) for user, rows in sorted(_least(kept, users, seed)[0].items())]


def hashed(ids: Any, seed: int) -> Any:
    """A 64-bit hash of each id: the finalizer of SplitMix64, Steele et al. 2014 (prng.di.unimi.it/splitmix64.c)."""
    import numpy as np  # noqa: PLC0415 - as above

    with np.errstate(over="ignore"):
        mixed = ids.astype(np.uint64) + np.uint64(seed % 2**64) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return mixed ^ (mixed >> np.uint64(31))


def _least(kept: Rows, users: int, seed: int) -> tuple[Rows, Any]:
    """The users with the least hashes, and the largest of these."""
    import numpy as np  # noqa: PLC0415 - as above

    ids = np.fromiter(kept, dtype=np.int64, count=len(kept))
    order = np.argsort(hashed(ids, seed))[:users]
    left: Rows = defaultdict(list, {int(each): kept[int(each)] for each in ids[order]})
    return left, hashed(ids[order], seed).max(initial=0)


def _scored(user: int, rows: list[tuple[int, int, float]], n: int) -> Scored:
    best = sorted(rows)[:n]
    return Scored(user_id=user, items=[item for _, item, _ in best], scores=[score for _, _, score in best])
