"""Glue job: LibSVM text to sparse rows of both parts, a quarantine, and a report in which every row counts."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from glue_scripts.parts import Cleaned, read_parts, settle
from glue_scripts.sources import no_heading
from glue_scripts.transforms.libsvm import COLUMNS, features_of, judge_libsvm, with_vectors
from glue_scripts.transforms.quarantine import good
from penstock.errors import DataError
from penstock.jobs import CleanLibsvmArgs
from penstock.tables import EXAMPLES
from spark_jobs.entry import launch
from spark_jobs.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import SparkSession

    from penstock.documents import DataReport

TABLE = "examples"


def main(argv: Sequence[str]) -> None:
    """Run as a job."""
    launch(CleanLibsvmArgs, run, argv)


def run(spark: SparkSession, args: CleanLibsvmArgs) -> DataReport:
    """Read, judge, write table, quarantine and report, then fail if too many rows were refused (DataError).

    So does a run in which no row has a feature. The number of features is agreed across both parts before anything is
    written, so that their vectors fit together.
    """
    progress = Progress()
    judge = partial(judge_libsvm, features=args.features)
    judged = read_parts(spark, args, columns=COLUMNS, heading=no_heading, judge=judge)
    progress(judged.describe())
    rows = good(judged.rows)
    features = args.features or features_of(rows)
    progress(f"{features:,} features, {'as given' if args.features else 'by the largest index'}")
    cleaned = Cleaned(name=TABLE, schema=EXAMPLES, rows=with_vectors(rows, features), features=features)
    report = settle(args, judged, cleaned, progress)
    if not features:
        raise DataError(
            f"{args.train_uri}, {args.test_uri}: no row has an index:value; expected rows like `1 3:0.5 7:2`"
        )
    return report


if __name__ == "__main__":
    main(sys.argv[1:])
