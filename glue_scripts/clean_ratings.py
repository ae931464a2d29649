"""Glue job: MovieLens to good ratings and movies, histories by user, a quarantine, and a report of every row."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from glue_scripts.movielens import Derived, clean
from penstock.jobs import CleanRatingsArgs
from penstock.tables import HISTORIES
from spark_jobs.entry import launch
from spark_jobs.transforms.histories import seen_by_user

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from penstock.documents import DataReport


def main(argv: Sequence[str]) -> None:
    """Run as a job."""
    launch(CleanRatingsArgs, run, argv)


def run(spark: SparkSession, args: CleanRatingsArgs) -> DataReport:
    """Write ratings, movies, histories, quarantine and report, then fail if too many rows were refused (DataError)."""
    histories = Derived(name="histories", schema=HISTORIES, make=lay_out_histories)
    return clean(spark, args, [histories])


def lay_out_histories(ratings: DataFrame, _: DataFrame) -> DataFrame:
    """HISTORIES of the written ratings: laid out here once, so that no scoring has to group them by user again."""
    return seen_by_user(ratings).repartitionByRange("user_id").sortWithinPartitions("user_id")


if __name__ == "__main__":
    main(sys.argv[1:])
