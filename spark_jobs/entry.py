"""The first floor that all jobs share: arguments, a session, and expected failures as one line instead of a trace."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

from penstock.errors import PenstockError
from penstock.jobs import ReportingArgs
from penstock.progress import progress_uri
from penstock.spark_stages import spark_stages_uri
from spark_jobs.heartbeat import heartbeat
from spark_jobs.session import get_session
from spark_jobs.stage_summary import write_stage_summary

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyspark.sql import SparkSession

A = TypeVar("A", bound=ReportingArgs)


def launch(job: type[A], run: Callable[[SparkSession, A], object], argv: Sequence[str]) -> None:
    """Parse, run, and exit with status 1 and one line on stderr for everything that Penstock raises on purpose."""
    try:
        args = job.from_argv(argv)
        spark = get_session(job.script)
        try:
            with heartbeat(spark, progress_uri(args.report_uri)):
                run(spark, args)
        finally:
            write_stage_summary(spark, spark_stages_uri(args.report_uri))
    except PenstockError as error:
        sys.exit(f"{type(error).__name__}: {' '.join(str(error).split())}")
