"""Glue job: UCI Adult to good rows of both parts, a quarantine, and a report in which every row counts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from glue_scripts.parts import Cleaned, read_parts, settle
from glue_scripts.transforms.adult import COLUMNS, is_heading, judge_adult
from glue_scripts.transforms.quarantine import good
from penstock.jobs import CleanAdultArgs
from penstock.tables import ADULT
from spark_jobs.entry import launch
from spark_jobs.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import SparkSession

    from penstock.documents import DataReport

TABLE = "adult"


def main(argv: Sequence[str]) -> None:
    """Run as a job."""
    launch(CleanAdultArgs, run, argv)


def run(spark: SparkSession, args: CleanAdultArgs) -> DataReport:
    """Read, judge, write table, quarantine and report, then fail if too many rows were refused (DataError)."""
    progress = Progress()
    judged = read_parts(spark, args, columns=COLUMNS, heading=is_heading, judge=judge_adult)
    progress(judged.describe())
    cleaned = Cleaned(name=TABLE, schema=ADULT, rows=good(judged.rows))
    return settle(args, judged, cleaned, progress)


if __name__ == "__main__":
    main(sys.argv[1:])
