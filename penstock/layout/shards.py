"""The S3 locations of the marks of a sharded table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shards:
    """The marks of a table that is written in shards; engines pass over folders whose names begin with `_`."""

    table_uri: str

    @property
    def plan(self) -> str:
        """ShardPlan."""
        return f"{self.table_uri}/_shards/plan.json"

    def done(self, number: int) -> str:
        """Shard."""
        return f"{self.table_uri}/_shards/{number:05d}.json"
