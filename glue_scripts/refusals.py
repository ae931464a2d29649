"""The quarantine as it was written, counted by source and reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from penstock.tables import QUARANTINE
from spark_jobs.storage import write_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import DataFrame


@dataclass(frozen=True)
class Refusals:
    """How many rows were refused by (source, reason), most frequent first."""

    counts: Mapping[tuple[str, str], int]

    @property
    def rows(self) -> int:
        """Of all sources."""
        return sum(self.counts.values())

    def of(self, source: str) -> int:
        """Of one source."""
        return sum(count for (name, _), count in self.counts.items() if name == source)

    def by_reason(self) -> dict[str, int]:
        """As it stands in the data report."""
        return {f"{source}: {reason}": count for (source, reason), count in self.counts.items()}


def write_refused(bad: DataFrame, uri: str) -> Refusals:
    """Replace the quarantine at `uri` by these rows (source, file, line, reason)."""
    write_table(bad.repartition("source"), uri, QUARANTINE)
    counts = bad.sparkSession.read.parquet(uri).groupBy("source", "reason").count()
    rows = counts.orderBy(F.desc("count"), "source", "reason").collect()
    return Refusals({(row["source"], row["reason"]): row["count"] for row in rows})
