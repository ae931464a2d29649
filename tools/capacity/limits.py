"""What breaks first: each limit of the code or of Spark as a share of its bound, and the knob that moves it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from penstock.spark_settings import (
    MIB,
    MOST_PARTITIONS,
    PARTITION_BYTES,
    Nodes,
    als_blocks,
    executors,
    shuffle_partitions,
)
from tools.capacity.stages import Size, implicit_bytes

BROADCAST_BYTES = 256 * MIB
"""Of spark_jobs/ranking_plan.py, as are the next two; a test holds them together."""
SEEN_ITEMS = 256
SHARD_SCORES = 1e11
ROW_BYTES = 8.4
"""Of a cleaned rating in Parquet: PARTITION_BYTES are about a million rows (penstock/spark_settings.py)."""
IN_BLOCK_BYTES = 8
"""A rating in one of ALS's in-blocks, which a task holds whole: an index and a value (MLlib, ALS.scala, InBlock)."""
PARTITION_MOST = 128 * MIB
"""A shuffle partition that a task of 1 GiB still sorts in memory: Spark's own spark.sql.files.maxPartitionBytes."""
FILES = 1e6
"""S3 lists 1,000 keys a call (ListObjectsV2): a thousand calls."""
BUNDLE_SHARE = 1.85
"""Memory of a server by the bytes of its bundle: the section `serve-27000` of docs/benchmarks.md."""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """One bound: 1 or more of it breaks, or switches to another way."""

    name: str
    used: float
    """As a share of the bound."""
    then: str
    """What happens at 1."""
    knob: str


def limits(size: Size, on: Nodes, *, cores: int) -> list[Limit]:
    """All of them, the first to break first."""
    return sorted(_limits(size, on, cores), key=lambda each: -each.used)


def _limits(size: Size, on: Nodes, cores: int) -> Iterator[Limit]:
    node = on.memory_mib * MIB
    yield Limit(
        name="implicit on the driver",
        used=implicit_bytes(size) / (node / 2),
        then="refused before anything is collected",
        knob="engine: mllib, a larger primary node, engine_memory_gb",
    )
    yield Limit(
        name="broadcast of the items",
        used=4 * size.rank * size.items / BROADCAST_BYTES,
        then="scoring passes the items by in blocks, slower",
        knob="a smaller rank; --catalogue",
    )
    yield Limit(
        name="a block of ALS",
        used=size.ratings / als_blocks(size.ratings, cores) * IN_BLOCK_BYTES / _heap_of_a_task(on),
        then="tasks of the training run out of memory",
        knob="more cores: blocks follow them (als_blocks in penstock/spark_settings.py)",
    )
    yield Limit(
        name="a user's seen items",
        used=size.ratings / size.users / SEEN_ITEMS,
        then="with items in blocks, a task holds more than it is given",
        knob="SEEN_BYTES and HELD_BYTES in spark_jobs/ranking_plan.py; --shards",
    )
    yield Limit(
        name="a shuffle partition",
        used=_partition_bytes(size) / PARTITION_MOST,
        then="the ETL spills to disk",
        knob=f"spark_conf: spark.sql.shuffle.partitions (by itself at most {MOST_PARTITIONS:,})",
    )
    yield Limit(
        name="files of scores",
        used=_score_files(size) / FILES,
        then="listing a folder takes longer than reading a file",
        knob="--shards; fewer users or items (scoring.genres, scoring.available_uri)",
    )
    yield Limit(
        name="the service's memory",
        used=BUNDLE_SHARE * 4 * (size.rank * (size.users + size.items) + size.ratings) / node,
        then="the bundle does not fit a server of this type",
        knob="a larger server, a smaller rank",
    )


def _heap_of_a_task(on: Nodes) -> float:
    """Java's memory by core, as the workflows ask for it."""
    asked = executors(on)
    return int(asked["spark.executor.memory"].removesuffix("m")) * MIB / int(asked["spark.executor.cores"])


def _partition_bytes(size: Size) -> float:
    stored = math.ceil(size.ratings * ROW_BYTES)
    return max(PARTITION_BYTES, stored / shuffle_partitions(stored))


def _score_files(size: Size) -> float:
    """A file for every 10^9 scores, at most 1,000 in a shard of 10^11: the plan of spark_jobs/ranking_plan.py."""
    shards = max(1, math.ceil(size.scores / SHARD_SCORES))
    return shards * min(1_000, max(1, math.ceil(size.scores / shards / 1e9)))
