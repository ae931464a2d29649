"""The k best items of every user by inner product, exactly, in user blocks of bounded memory.

One float32 matrix product per block of users against the broadcast item factors replaces MLlib's per-pair priority
queues (`recommendForAllUsers`); scores agree with it to rounding.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pyspark.sql import functions as F

from penstock.tables import SCORES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray
    from pyspark.sql import DataFrame

BLOCK_SCORES = 4 * 1024**2
"""Scores held at once by one task: 16 MiB in float32, whatever the number of users and items."""

TOP: dict[str, str] = {"user_id": "int", "item_ids": "array<int>", "scores": "array<float>"}
"""One row per user, best item first; fewer than k items where the user has seen nearly all."""


@dataclass(frozen=True, kw_only=True)
class Items:
    """Item factors in memory: `ids` ascending int32 of shape (items,), `factors` float32 of shape (items, rank)."""

    ids: NDArray[np.int32]
    factors: NDArray[np.float32]

    def only(self, ids: NDArray[np.int32]) -> Items:
        """The items that are among `ids`."""
        kept = np.isin(self.ids, ids)
        return Items(ids=self.ids[kept], factors=self.factors[kept])


def collect_items(factors: DataFrame) -> Items:
    """Item factors (item_id, features) on the driver, in the order of their ids."""
    rows: Any = factors.select("item_id", "features").orderBy("item_id").toPandas()
    matrix = np.array(rows["features"].tolist(), dtype=np.float32)
    return Items(ids=rows["item_id"].to_numpy(dtype=np.int32), factors=matrix)


def seen_by_user(ratings: DataFrame) -> DataFrame:
    """(user_id, seen): the items of each user as one array, laid out once."""
    return ratings.groupBy("user_id").agg(F.collect_set("item_id").alias("seen"))


def top_k(users: DataFrame, items: Items, *, k: int, seen: DataFrame | None = None) -> DataFrame:
    """The k best items for each row of `users` (user_id, features), as TOP; equal scores go by item id.

    Items that `seen` (user_id, seen) lists are left out. Rows are sorted before they are cut into blocks, because the
    last bit of a matrix product depends on the block: equal input gives equal output.
    """
    if seen is None:
        known = users.withColumn("seen", F.array().cast("array<int>"))
    else:
        known = users.join(seen, on="user_id", how="left")
    ordered = known.select("user_id", "features", "seen").sortWithinPartitions("user_id")
    broadcast = users.sparkSession.sparkContext.broadcast(items)
    return ordered.mapInArrow(_scorer(lambda: broadcast.value, k), ", ".join(f"{n} {t}" for n, t in TOP.items()))


def flatten(top: DataFrame) -> DataFrame:
    """TOP as SCORES: one row per user and rank."""
    pairs = F.posexplode(F.arrays_zip("item_ids", "scores")).alias("position", "pair")
    rows = top.select("user_id", pairs)
    ranked = rows.select("user_id", (F.col("position") + 1).alias("rank"), "pair.item_ids", "pair.scores")
    return ranked.toDF(*SCORES)


def best(scores: NDArray[np.float32], k: int) -> list[NDArray[np.intp]]:
    """Per row, the columns of the k largest finite scores, largest first, ties by column."""
    width = min(k, scores.shape[1])
    if not width:
        return [np.empty(0, dtype=np.intp)] * len(scores)
    least = np.partition(scores, scores.shape[1] - width, axis=1)[:, scores.shape[1] - width]
    rows, columns = np.nonzero((scores >= least[:, None]) & np.isfinite(scores))
    order = np.lexsort((columns, -scores[rows, columns], rows))
    starts = np.searchsorted(rows, np.arange(len(scores) + 1))
    return [columns[order[begin : min(end, begin + width)]] for begin, end in itertools.pairwise(starts)]


def _scorer(items: Callable[[], Items], k: int) -> Callable[[Iterable[Any]], Iterator[Any]]:
    def score(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        catalogue = items()
        rows = max(1, BLOCK_SCORES // max(1, len(catalogue.ids)))
        for batch in batches:
            for start in range(0, batch.num_rows, rows):
                yield _score_block(batch.slice(start, rows), catalogue, k)

    return score


def _score_block(users: pa.RecordBatch, items: Items, k: int) -> pa.RecordBatch:
    factors = _flat(users.column("features"), np.float32).reshape(users.num_rows, -1)
    scores = factors @ items.factors.T
    _exclude(scores, items.ids, users.column("seen"))
    chosen = best(scores, k)
    offsets = np.cumsum([0, *map(len, chosen)], dtype=np.int32)
    columns = np.concatenate(chosen)
    rows = np.repeat(np.arange(len(chosen)), np.diff(offsets))
    lists = [pa.ListArray.from_arrays(offsets, each) for each in (items.ids[columns], scores[rows, columns])]
    return pa.RecordBatch.from_arrays([users.column("user_id"), *lists], names=list(TOP))


def _exclude(scores: NDArray[np.float32], ids: NDArray[np.int32], seen: pa.ListArray) -> None:
    """Give what each user has seen a score that is never selected; items without factors are no columns."""
    if not len(ids):
        return
    lengths = seen.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
    values = _flat(seen, np.int32)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    columns = np.minimum(np.searchsorted(ids, values), len(ids) - 1)
    known = ids[columns] == values
    scores[rows[known], columns[known]] = -np.inf


def _flat(lists: pa.ListArray, kind: type[np.generic]) -> NDArray[Any]:
    return np.asarray(lists.flatten().to_numpy(zero_copy_only=False), dtype=kind)
