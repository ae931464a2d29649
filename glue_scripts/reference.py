"""What the champion was trained on, as its own check described it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_scripts.drift import measure_drift, schema_changes
from penstock.checks import ChecksReport, ColumnProfile, Drift
from penstock.errors import DataError, DocumentError
from spark_jobs.storage import read_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import SparkSession

    from glue_scripts.profiles import Recount
    from penstock.documents import Column


@dataclass(frozen=True, kw_only=True)
class Reference:
    """The champion's checks, if there are any that can be read."""

    report: ChecksReport | None = None
    problems: Sequence[str] = ()
    """Why there are none, although there should be, in a sentence."""

    @property
    def profile(self) -> list[ColumnProfile]:
        """Of the rows that it was trained on."""
        return self.report.profile if self.report else []

    def schema_changes(self, columns: Sequence[Column]) -> list[str]:
        """What is different about these columns, in sentences."""
        return schema_changes(self.report.table.columns, columns) if self.report else []


def read_reference(spark: SparkSession, uri: str) -> Reference:
    """Read the report at `uri`, if it is not empty; one that is lost or too old must not stop a new model."""
    if not uri:
        return Reference()
    try:
        return Reference(report=ChecksReport.from_json(read_text(spark, uri), uri))
    except (DataError, DocumentError) as error:
        return Reference(problems=[f"Drift was not measured, because of this: {error}"])


def rank_drift(recounts: Sequence[Recount]) -> list[Drift]:
    """How far each column has moved, the farthest first."""
    moved = [measure_drift(each.old, each.new) for each in recounts]
    return sorted(moved, key=lambda each: (-each.psi, each.column))
