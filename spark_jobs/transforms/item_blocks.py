"""The k best items of a few users out of any number of items: the users are held, the items pass by in blocks.

Each task reads its share of the items as they come, blocks of fixed size, and keeps the k best so far for every user;
what the tasks found is merged exactly. Memory depends on the users of the shard and the size of a block only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pyspark.sql import Window
from pyspark.sql import functions as F

from penstock.tables import SCORES, ddl
from spark_jobs.transforms.kernel import BLOCK_ITEMS, Items, Kernel, merge
from spark_jobs.transforms.python_worker import settled
from spark_jobs.transforms.topk import as_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyspark.sql import DataFrame

    from spark_jobs.transforms.kernel import Best


@dataclass(frozen=True, kw_only=True)
class Users:
    """A shard's users in memory, ascending by id, and what each has seen."""

    ids: NDArray[np.int32]
    factors: NDArray[np.float32]
    """Shape (users, rank)."""
    owners: NDArray[np.intp]
    """Which user has seen what stands at the same place in `seen`; ascending."""
    seen: NDArray[np.int32]


def collect_users(users: DataFrame) -> Users:
    """(user_id, features, seen) on the driver."""
    rows: Any = users.select("user_id", "features", "seen").toPandas()
    rows = rows.sort_values("user_id")
    seen = [np.empty(0, np.int32) if each is None else each for each in rows["seen"]]
    return Users(
        ids=rows["user_id"].to_numpy(dtype=np.int32),
        factors=np.vstack(rows["features"].to_list()).astype(np.float32),
        owners=np.repeat(np.arange(len(seen)), [len(each) for each in seen]),
        seen=np.concatenate(seen).astype(np.int32),
    )


def top_rows_by_blocks(
    items: DataFrame, users: Users, *, k: int, partitions: int, block: int = BLOCK_ITEMS
) -> DataFrame:
    """SCORES of the k best of `items` (item_id, features) for every user, sorted by user and rank in each partition."""
    best_first = Window.partitionBy("user_id").orderBy(F.desc("score"), "item_id")
    found = scan(items, users, k=k, block=block).repartition(partitions, "user_id")
    ranked = found.withColumn("rank", F.row_number().over(best_first)).where(F.col("rank") <= k)
    return ranked.select(*SCORES).sortWithinPartitions("user_id", "rank")


def scan(items: DataFrame, users: Users, *, k: int, block: int = BLOCK_ITEMS) -> DataFrame:
    """SCORES of the k best for every user among the items of each partition."""
    broadcast = items.sparkSession.sparkContext.broadcast(users)

    def score(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        held = broadcast.value
        found: Best | None = None
        for each in blocks(batches, block):
            new = Kernel(each, k).best(held.factors, held.owners, held.seen)
            found = merge([found, new], k) if found else new
        if found:
            yield as_rows(held.ids, found)

    return items.select("item_id", "features").mapInArrow(settled(score), ddl(SCORES))


def blocks(batches: Iterable[pa.RecordBatch], size: int) -> Iterator[Items]:
    """Items (item_id, features) in blocks of `size`, the last one smaller, each sorted by id."""
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        held, rows = [*held, batch], rows + batch.num_rows
        while rows >= size:
            table = pa.Table.from_batches(held)
            yield _items(table.slice(0, size))
            held, rows = table.slice(size).to_batches(), rows - size
    if rows:
        yield _items(pa.Table.from_batches(held))


def _items(table: pa.Table) -> Items:
    whole = table.combine_chunks()
    ids = whole.column("item_id").to_numpy().astype(np.int32)
    factors = whole.column("features").combine_chunks().flatten().to_numpy().astype(np.float32)
    order = np.argsort(ids, kind="stable")
    return Items(ids=ids[order], factors=factors.reshape(len(ids), -1)[order])
