"""The k best items of every user by inner product, exactly, in blocks of bounded memory.

Float32 matrix products of blocks of users and the broadcast item factors replace MLlib's per-pair priority queues
(`recommendForAllUsers`); scores agree with it to rounding. Where the catalogue is too large for a broadcast, the users
are broadcast instead: transforms.item_blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pyspark.sql import functions as F

from penstock.tables import SCORES
from spark_jobs.transforms.kernel import BLOCK_ITEMS, BLOCK_USERS, Items, Kernel, merge
from spark_jobs.transforms.python_worker import settled

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyspark.sql import DataFrame

    from spark_jobs.transforms.kernel import Best

    Shape = Callable[[NDArray[np.int32], Best], pa.RecordBatch]

BATCH_PLACES = 1024**2
"""Places of lists held at once by one task: some 16 MiB, whatever the number of users and k."""

TOP: dict[str, str] = {"user_id": "int", "item_ids": "array<int>", "scores": "array<float>"}
"""One row per user, best item first; fewer than k items where the user has seen nearly all."""


def collect_items(factors: DataFrame) -> Items:
    """Item factors (item_id, features) on the driver, in the order of their ids."""
    rows: Any = factors.select("item_id", "features").toPandas()
    rows = rows.sort_values("item_id")
    matrix = np.array(rows["features"].tolist(), dtype=np.float32)
    return Items(ids=rows["item_id"].to_numpy(dtype=np.int32), factors=matrix)


def with_seen(users: DataFrame, seen: DataFrame | None) -> DataFrame:
    """(user_id, features, seen): what the kernel takes, from users (user_id, features) and seen (user_id, item_ids)."""
    if seen is None:
        return users.select("user_id", "features", F.lit(None).cast("array<int>").alias("seen"))
    renamed = seen.select("user_id", F.col("item_ids").alias("seen"))
    return users.join(renamed, on="user_id", how="left").select("user_id", "features", "seen")


def top_k(users: DataFrame, items: Items, *, k: int, seen: DataFrame | None = None) -> DataFrame:
    """The k best items for each row of `users` (user_id, features), as TOP; equal scores go by item id.

    Items that `seen` (user_id, item_ids) lists are left out.
    """
    return map_users(with_seen(users, seen), items, k=k, shape=as_lists, schema=TOP)


def top_rows(users: DataFrame, items: Items, *, k: int, block: int = BLOCK_ITEMS) -> DataFrame:
    """The same for each row of `users` (user_id, features, seen) as SCORES, in the users' order: a row for each place.

    A user without any item left has no row.
    """
    return map_users(users, items, k=k, shape=as_rows, schema=SCORES, block=block)


def map_users(
    users: DataFrame, items: Items, *, k: int, shape: Shape, schema: dict[str, str], block: int = BLOCK_ITEMS
) -> DataFrame:
    """What `shape` makes of the k best for (user_id, features, seen)."""
    broadcast = users.sparkSession.sparkContext.broadcast(items)

    def score(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        kernels = [Kernel(each, k) for each in broadcast.value.blocks(block)]
        for batch in batches:
            for part in pieces(batch, k):
                yield shape(ids_of(part), best_of(part, kernels, k))

    return users.mapInArrow(settled(score), ", ".join(f"{name} {kind}" for name, kind in schema.items()))


def pieces(batch: pa.RecordBatch, k: int) -> list[pa.RecordBatch]:
    """The batch in pieces of whole blocks of users, whose lists have at most about BATCH_PLACES places."""
    rows = max(1, BATCH_PLACES // k // BLOCK_USERS) * BLOCK_USERS
    return [batch.slice(start, rows) for start in range(0, batch.num_rows, rows)]


def ids_of(users: pa.RecordBatch) -> NDArray[np.int32]:
    """The first column."""
    return np.asarray(users.column(0).to_numpy(zero_copy_only=False), dtype=np.int32)


def best_of(users: pa.RecordBatch, kernels: list[Kernel], k: int) -> Best:
    """The k best of all kernels for rows (user_id, features, seen)."""
    factors = _flat(users.column("features"), np.float32).reshape(users.num_rows, -1)
    owners, unwanted = elements(users.column("seen"))
    return merge([each.best(factors, owners, unwanted) for each in kernels], k)


def as_lists(users: NDArray[np.int32], best: Best) -> pa.RecordBatch:
    """TOP."""
    given = np.isfinite(best[1])
    offsets = pa.array(np.concatenate([[0], np.cumsum(given.sum(axis=1))]), pa.int32())
    lists = [pa.ListArray.from_arrays(offsets, pa.array(each[given])) for each in best]
    return pa.RecordBatch.from_arrays([pa.array(users), *lists], names=list(TOP))


def as_rows(users: NDArray[np.int32], best: Best) -> pa.RecordBatch:
    """SCORES."""
    given = np.isfinite(best[1])
    row, place = np.nonzero(given)
    columns = [users[row], (place + 1).astype(np.int32), best[0][given], best[1][given]]
    return pa.RecordBatch.from_arrays([pa.array(each) for each in columns], names=list(SCORES))


def elements(lists: pa.ListArray) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """Which row each element is of, and the elements; null is an empty list."""
    lengths = lists.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
    return np.repeat(np.arange(len(lengths)), lengths), _flat(lists, np.int32)


def _flat(lists: pa.ListArray, kind: type[np.generic]) -> NDArray[Any]:
    return np.asarray(lists.flatten().to_numpy(zero_copy_only=False), dtype=kind)
