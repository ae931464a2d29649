"""How a ranking of items for users is cut up, by its size alone: the same table on one core and on a thousand."""

from __future__ import annotations

import math
from dataclasses import dataclass

from penstock.jobs import Catalogue

BROADCAST_BYTES = 256 * 1024**2
"""Most item factors that every task holds, twice for a moment: a million items of rank 64."""
HELD_BYTES = 192 * 1024**2
"""Most that a task holds of a shard's users while the items pass by."""
SEEN_BYTES = 1_024
"""A user's seen items, allowed for where users are held: 256 of them."""
PARTITION_SCORES = 1000**3
"""Users times items of one task and file: half a second to two of a core, many times the cost of a task."""
SHARD_SCORES = 100 * 1000**3
"""Users times items of one shard: minutes of two cores, some hundred tasks for more of them."""
MOST_PARTITIONS = 1_000


@dataclass(frozen=True, kw_only=True)
class RankingPlan:
    """The result of `plan_ranking`."""

    catalogue: Catalogue
    """Never AUTO."""
    shards: int
    partitions: int
    """Of each shard."""


def plan_ranking(
    *, users: int, items: int, rank: int, k: int, catalogue: Catalogue = Catalogue.AUTO, shards: int = 0
) -> RankingPlan:
    """Broadcast or blocks, shards and partitions for a ranking of this size; what is given is kept."""
    if catalogue is Catalogue.AUTO:
        catalogue = Catalogue.BROADCAST if 4 * rank * items <= BROADCAST_BYTES else Catalogue.BLOCKS
    if not shards:
        shards = math.ceil(users * items / SHARD_SCORES)
        if catalogue is Catalogue.BLOCKS:
            shards = max(shards, math.ceil(users * bytes_per_user(rank, k) / HELD_BYTES))
    shards = max(1, min(shards, users))
    work = math.ceil(users / shards) * items
    return RankingPlan(
        catalogue=catalogue,
        shards=shards,
        partitions=min(MOST_PARTITIONS, max(1, math.ceil(work / PARTITION_SCORES))),
    )


def bytes_per_user(rank: int, k: int) -> int:
    """What a task holds of a user while items pass by: factors, seen items, the best so far, and those of one block."""
    return 4 * rank + SEEN_BYTES + 4 * 8 * k
