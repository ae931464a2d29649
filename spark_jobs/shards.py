"""Tables written in shards: each is there as a whole or not at all, and a rerun writes those that are missing only.

A shard's files are committed by Spark; then its mark is written, which lists them. Files that no mark lists are what a
killed job left, and are removed before anything is written. The marks count for one plan, whose fingerprint covers the
arguments and the files that the table is made of: a model that was trained again, or another k, starts from nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import Observation
from pyspark.sql import functions as F

from penstock.layout import Shards
from penstock.scoring import Shard, ShardPlan
from spark_jobs.storage import conform, discard_document, discard_folder, list_files, read_whole, write_document

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from penstock.tables import Schema
    from spark_jobs.progress import Progress

MakeShard = Callable[["int | None", "int | None"], "DataFrame"]
"""The rows of the keys from one bound, or the beginning, to before another, or the end."""


@dataclass(frozen=True, kw_only=True)
class Sharded:
    """A table that is to be written in shards."""

    uri: str
    schema: Schema
    k: int
    """The `rank` that a full key reaches."""
    plan: ShardPlan
    make: MakeShard


@dataclass(frozen=True, kw_only=True)
class Written:
    """What stands in the table."""

    rows: int
    full: int
    """Keys that have all k rows."""
    shards: int
    resumed: int
    """Shards that an earlier try had written."""


def fingerprint(spark: SparkSession, values: Mapping[str, object], uris: Sequence[str]) -> str:
    """A digest of values and of the names, sizes and times of all files at `uris`: outputs are written once."""
    files = {uri: sorted(list_files(spark, uri, recursive=True).items()) for uri in uris if uri}
    text = json.dumps({"values": values, "files": files}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def write_shards(spark: SparkSession, table: Sharded, progress: Progress) -> Written:
    """Write the shards that are missing, one after the other."""
    done = _resume(spark, table)
    resumed = len(done)
    if resumed:
        progress(f"{resumed:,} of {table.plan.shards:,} shards are there from an earlier try")
    edges = [None, *table.plan.bounds, None]
    for number in range(table.plan.shards):
        if number not in done:
            rows = table.make(edges[number], edges[number + 1])
            done[number] = _write_shard(spark, table, rows)
            write_document(spark, done[number], Shards(table.uri).done(number))
            progress(f"shard {number + 1:,} of {table.plan.shards:,}: {done[number].rows:,} rows")
    return Written(
        rows=sum(each.rows for each in done.values()),
        full=sum(each.full for each in done.values()),
        shards=table.plan.shards,
        resumed=resumed,
    )


def _resume(spark: SparkSession, table: Sharded) -> dict[int, Shard]:
    """The shards that are done; everything else that is there is removed."""
    marks = Shards(table.uri)
    if read_whole(spark, ShardPlan, marks.plan) != table.plan:
        discard_folder(spark, table.uri)
        write_document(spark, table.plan, marks.plan)
        return {}
    discard_folder(spark, f"{table.uri}/_temporary")
    files = _files(spark, table.uri)
    found = {number: read_whole(spark, Shard, marks.done(number)) for number in range(table.plan.shards)}
    done = {number: shard for number, shard in found.items() if shard and shard.files.items() <= files.items()}
    kept = {name for shard in done.values() for name in shard.files}
    for name in files.keys() - kept:
        discard_document(spark, f"{table.uri}/{name}")
    return done


def _write_shard(spark: SparkSession, table: Sharded, rows: DataFrame) -> Shard:
    seen, before = Observation(), _files(spark, table.uri).keys()
    counts = (F.count("*").alias("rows"), F.count_if(F.col("rank") == table.k).alias("full"))
    conform(rows, table.schema).observe(seen, *counts).write.mode("append").parquet(table.uri)
    counted, after = seen.get, _files(spark, table.uri)
    return Shard(
        rows=counted["rows"],
        full=counted["full"],
        files={name: size for name, size in after.items() if name not in before},
    )


def _files(spark: SparkSession, uri: str) -> dict[str, int]:
    """Name to bytes of the table's files, without Spark's mark and the like."""
    return {name: size for name, (size, _) in list_files(spark, uri).items() if not name.startswith(("_", "."))}
