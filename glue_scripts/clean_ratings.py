"""Glue job: MovieLens ratings and movies to good rows, a quarantine, and a report in which every row counts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from glue_scripts.movielens import clean
from penstock.jobs import CleanRatingsArgs
from spark_jobs.entry import launch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import SparkSession

    from penstock.documents import DataReport


def main(argv: Sequence[str]) -> None:
    """Run as a job."""
    launch(CleanRatingsArgs, run, argv)


def run(spark: SparkSession, args: CleanRatingsArgs) -> DataReport:
    """Write ratings, movies, quarantine and report, then fail if too many rows were refused (DataError)."""
    return clean(spark, args)


if __name__ == "__main__":
    main(sys.argv[1:])
