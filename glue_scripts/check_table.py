"""Glue job: hold a table to its expectations, and compare its training rows with those of the champion."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from glue_scripts.balance import check_balance
from glue_scripts.profiles import Profiles, profile_rows
from glue_scripts.reference import Reference, rank_drift, read_reference
from glue_scripts.sieve import Sieved, sieve
from glue_scripts.verdicts import Findings, failures_of, warnings_of
from penstock.checks import ChecksReport, Expectation, parse_columns, parse_expectations
from penstock.codec import CodecError
from penstock.documents import Column, RowCounts, Table
from penstock.errors import ArgumentError, DataError, did_you_mean
from penstock.jobs import CheckTableArgs
from spark_jobs.entry import launch
from spark_jobs.progress import Progress
from spark_jobs.session import fit_shuffles
from spark_jobs.storage import discard_document, open_table, size_of, write_document
from spark_jobs.transforms.split import PART

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame, SparkSession


def main(argv: Sequence[str]) -> None:
    """Run as a job."""
    launch(CheckTableArgs, run, argv)


def run(spark: SparkSession, args: CheckTableArgs) -> ChecksReport:
    """Sieve, profile, compare, report, then fail if the rows must not be learnt from (DataError).

    Raises ArgumentError for arguments that are no expectations or columns, DataError for those that do not fit.
    """
    progress = Progress()
    discard_document(spark, args.report_uri)
    expectations, listed = read(args)
    fit_shuffles(spark, size_of(spark, args.table_uri))
    reference = read_reference(spark, args.reference_uri)
    table = open_table(spark, args.table_uri)
    try:
        names = columns_of(table, listed)
        sieved = sieve(table, args, expectations, names)
    except DataError as error:
        raise DataError(f"{args.table_uri}: {error}") from error
    progress(f"{sieved.passed_rows:,} of {sieved.read:,} rows passed, {sieved.refusals.rows:,} are quarantined")
    check_balance({args.table_name: counts_of(sieved)})
    profiles = profile_rows(sieved.training, names, sieved.summary, reference.profile)
    progress(f"profiled {len(profiles.own)} columns, compared {len(profiles.recounts)} with the champion's")
    report = describe(args, schema_of(table), sieved, profiles, reference=reference, seconds=progress.seconds)
    write_document(spark, report, args.report_uri)
    progress(f"{len(report.warnings)} warnings, {len(report.failures)} failures; report in {args.report_uri}")
    if report.failures:
        raise DataError(f"{args.table_uri}: {' '.join(report.failures)}")
    return report


def read(args: CheckTableArgs) -> tuple[list[Expectation], list[str]]:
    """The expectations and the columns; raises ArgumentError for wrong ones."""
    try:
        return parse_expectations(args.expectations), parse_columns(args.columns)
    except CodecError as error:
        raise ArgumentError(f"{args.script} --{error}") from error


def columns_of(table: DataFrame, listed: Sequence[str]) -> list[str]:
    """The listed columns, or all but `part`; raises DataError naming one that the table does not have."""
    for name in listed:
        if name not in table.columns:
            raise DataError(f"no column {name!r}, which --columns names; {did_you_mean(name, table.columns)}")
    return list(listed) or [name for name in table.columns if name != PART]


def schema_of(table: DataFrame) -> list[Column]:
    """The table's columns as they stand in documents."""
    return [Column(name=name, type=kind) for name, kind in table.dtypes]


def counts_of(sieved: Sieved) -> RowCounts:
    """What became of the rows."""
    return RowCounts(read=sieved.read, good=sieved.passed_rows, quarantined=sieved.refusals.rows)


def describe(
    args: CheckTableArgs,
    columns: list[Column],
    sieved: Sieved,
    profiles: Profiles,
    *,
    reference: Reference,
    seconds: float,
) -> ChecksReport:
    """Everything that was found, and what follows from it."""
    found = Findings(
        counts=counts_of(sieved),
        training=sieved.training_rows,
        outcomes=sieved.outcomes,
        schema_changes=reference.schema_changes(columns),
        drift=rank_drift(profiles.recounts) if sieved.training_rows else [],
    )
    return ChecksReport(
        table=Table(name=args.table_name, uri=args.passed_uri, columns=columns, rows=sieved.passed_rows),
        read=sieved.read,
        quarantined=sieved.refusals.rows,
        quarantine_uri=args.quarantine_uri,
        outcomes=sieved.outcomes,
        profile=profiles.own,
        reference_uri=args.reference_uri,
        schema_changes=found.schema_changes,
        drift=found.drift,
        warnings=[*reference.problems, *warnings_of(found, args)],
        failures=failures_of(found, args),
        seconds=seconds,
        code_sha=args.code_sha,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
