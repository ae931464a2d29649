"""What a job's Spark application did: written by the job when it ends, read by reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from penstock.documents import Document


@dataclass(frozen=True, kw_only=True)
class StageSummary:
    """One stage that ran."""

    number: int
    name: str
    """Spark's name, such as `count at ALS.scala:1003`."""
    status: str
    tasks: int
    failed_tasks: int
    seconds: float
    """From its submission to its end."""
    executor_seconds: float
    """Over all tasks."""
    input_bytes: int
    shuffle_read_bytes: int
    shuffle_write_bytes: int
    spill_bytes: int
    """Written to disk for want of memory."""


@dataclass(frozen=True, kw_only=True)
class SparkStages(Document):
    """Totals over all tasks, and the slowest stages."""

    kind: ClassVar[str] = "spark_stages"

    jobs: int
    stages: int
    """Those that Spark planned; a stage whose shuffle files were there already is skipped."""
    skipped_stages: int
    failed_stages: int
    summed_stages: int
    """Those whose CPU time and spill are counted: Spark forgets the oldest, by `spark.ui.retainedStages`."""
    tasks: int
    failed_tasks: int
    executor_run_seconds: float
    executor_cpu_seconds: float
    gc_seconds: float
    input_bytes: int
    shuffle_read_bytes: int
    shuffle_write_bytes: int
    spill_bytes: int
    peak_heap_bytes: int | None
    """The largest of any process, driver included, if Spark's heartbeats were in time to see one."""
    slowest: list[StageSummary]
    """By their seconds, the slowest first."""


def spark_stages_uri(report_uri: str) -> str:
    """Where the job that writes this report says what Spark did."""
    return f"{report_uri.removesuffix('.json')}.spark.json"
