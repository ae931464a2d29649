"""Glue job: what `clean_ratings` does, and a table of viewers, one row for each user."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from glue_scripts.movielens import Derived, clean
from glue_scripts.transforms.viewers import describe_viewers
from penstock.jobs import CleanViewersArgs
from penstock.tables import VIEWERS
from spark_jobs.entry import launch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import SparkSession

    from penstock.documents import DataReport

TABLE = "viewers"


def main(argv: Sequence[str]) -> None:
    """Run as a job."""
    launch(CleanViewersArgs, run, argv)


def run(spark: SparkSession, args: CleanViewersArgs) -> DataReport:
    """Write ratings, movies, viewers, quarantine and report, then fail if too many rows were refused (DataError)."""
    make = partial(describe_viewers, liked_rating=args.liked_rating)
    return clean(spark, args, [Derived(name=TABLE, schema=VIEWERS, make=make)])


if __name__ == "__main__":
    main(sys.argv[1:])
