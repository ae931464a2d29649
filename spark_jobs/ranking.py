"""The k best items for every user as a table, in shards of users: what scoring and relating items share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pyspark.sql import functions as F

from penstock.errors import DataError
from penstock.jobs import Catalogue
from penstock.scoring import ShardPlan
from penstock.tables import SCORES
from spark_jobs.ranking_plan import plan_ranking
from spark_jobs.shards import Sharded, Written, write_shards
from spark_jobs.transforms.item_blocks import collect_users, top_rows_by_blocks
from spark_jobs.transforms.topk import collect_items, top_rows, with_seen

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyspark.sql import DataFrame

    from penstock.tables import Schema
    from spark_jobs.progress import Progress
    from spark_jobs.ranking_plan import RankingPlan
    from spark_jobs.shards import MakeShard


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """What is ranked for whom."""

    users: DataFrame
    """(user_id, features)."""
    items: DataFrame
    """(item_id, features): all that may be recommended."""
    seen: DataFrame | None
    """(user_id, item_ids): what is not to be recommended; None for no such thing."""
    rank: int
    """Length of the factors."""
    k: int
    catalogue: Catalogue = Catalogue.AUTO
    shards: int = 0
    """0 sizes them to the work."""


@dataclass(frozen=True, kw_only=True)
class Ranked(Written):
    """What was written, for how many users out of how many items."""

    users: int
    items: int
    plan: RankingPlan


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much is ranked."""

    ids: NDArray[np.int32]
    """All users, ascending."""
    items: int


def measure(ranking: Ranking) -> Size:
    """The users and the number of items, of which there may be none."""
    rows: Any = ranking.users.select("user_id").toPandas()
    return Size(ids=np.sort(rows["user_id"].to_numpy(dtype=np.int32)), items=ranking.items.count())


def write_ranking(ranking: Ranking, size: Size, uri: str, schema: Schema, *, inputs: str, progress: Progress) -> Ranked:
    """Write SCORES, by the names of `schema`, as a table that is sorted by user and rank within each file.

    `inputs` is the fingerprint of all that the ranking is made of. Raises DataError if there is no item or no user.
    """
    ids, items = size.ids, size.items
    if not len(ids) or not items:
        raise DataError(f"{uri}: there is nothing to rank; got {len(ids):,} users and {items:,} items")
    plan = plan_ranking(
        users=len(ids),
        items=items,
        rank=ranking.rank,
        k=ranking.k,
        catalogue=ranking.catalogue,
        shards=ranking.shards,
    )
    bounds = [int(ids[len(ids) * number // plan.shards]) for number in range(1, plan.shards)]
    progress(f"{len(ids):,} users x {items:,} items, {plan.catalogue}, {plan.shards:,} shards")
    table = Sharded(
        uri=uri,
        schema=schema,
        k=ranking.k,
        plan=ShardPlan(inputs=inputs, bounds=bounds, partitions=plan.partitions),
        make=_maker(ranking, plan, schema),
    )
    written = write_shards(ranking.users.sparkSession, table, progress)
    return Ranked(**vars(written), users=len(ids), items=items, plan=plan)


def _maker(ranking: Ranking, plan: RankingPlan, schema: Schema) -> MakeShard:
    if plan.catalogue is Catalogue.BLOCKS:

        def rows(users: DataFrame) -> DataFrame:
            return top_rows_by_blocks(ranking.items, collect_users(users), k=ranking.k, partitions=plan.partitions)
    else:
        items = collect_items(ranking.items)

        def rows(users: DataFrame) -> DataFrame:
            return top_rows(users.sortWithinPartitions("user_id"), items, k=ranking.k)

    def make(first: int | None, beyond: int | None) -> DataFrame:
        users, seen = _between(ranking.users, first, beyond), ranking.seen
        # Both sides by the same number, or the join would take the session's, which differs between clusters.
        spread = users.repartition(plan.partitions, "user_id")
        if seen is not None:
            seen = _between(seen, first, beyond).repartition(plan.partitions, "user_id")
        found = rows(with_seen(spread, seen))
        return found.select(*[F.col(old).alias(new) for old, new in zip(SCORES, schema, strict=True)])

    return make


def _between(rows: DataFrame, first: int | None, beyond: int | None) -> DataFrame:
    if first is not None:
        rows = rows.where(F.col("user_id") >= first)
    return rows if beyond is None else rows.where(F.col("user_id") < beyond)
