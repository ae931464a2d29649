"""What the ETLs of data in two official parts share: one source per part, one table with both, one report."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_scripts.balance import check_balance, check_quality
from glue_scripts.refusals import Refusals, write_refused
from glue_scripts.sources import Arrived, Heading, Source, read_source
from glue_scripts.transforms.quarantine import refused
from glue_scripts.transforms.repeats import count_repeats
from penstock.documents import DataReport, Repeats, RowCounts, Table
from penstock.tables import Part, Schema, columns
from spark_jobs.session import fit_shuffles
from spark_jobs.storage import discard_document, read_table, size_of, write_document, write_table
from spark_jobs.transforms.fingerprint import as_text, hash_sum

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pyspark.sql import SparkSession

    from penstock.jobs import CleanPartsArgs
    from spark_jobs.progress import Progress

PROVENANCE = ("part", "file", "line")
"""Columns that say where a row came from, not what it says."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Both parts, judged: `rows` has `part`, `file`, `line`, `reason` and what was read."""

    arrived: Mapping[Part, Arrived]
    rows: DataFrame

    def describe(self) -> str:
        """How many rows arrived, for the log."""
        return (
            " and ".join(f"{arrived.rows:,} {part.value}" for part, arrived in self.arrived.items()) + " rows arrived"
        )


@dataclass(frozen=True, kw_only=True)
class Cleaned:
    """The good rows as they shall be written; `features` is the length of their vectors, if they have any."""

    name: str
    schema: Schema
    rows: DataFrame
    features: int | None = None


@dataclass(frozen=True, kw_only=True)
class Written:
    """What the table of good rows holds, counted in what was written."""

    rows: dict[str, int]
    repeats: Repeats
    fingerprint: str


def read_parts(
    spark: SparkSession,
    args: CleanPartsArgs,
    *,
    columns: tuple[str, ...],
    heading: Heading,
    judge: Callable[[DataFrame], DataFrame],
) -> Judged:
    """Discard the report of an earlier try, read both parts and judge their lines; the rows are cached."""
    discard_document(spark, args.report_uri)
    uris = {Part.TRAIN: args.train_uri, Part.TEST: args.test_uri}
    fit_shuffles(spark, sum(size_of(spark, uri) for uri in uris.values()))
    arrived = {
        part: read_source(spark, Source(name=part.value, uri=uri, columns=columns, heading=heading))
        for part, uri in uris.items()
    }
    judged = [judge(each.lines).withColumn("part", F.lit(part.value)) for part, each in arrived.items()]
    return Judged(arrived=arrived, rows=reduce(DataFrame.unionByName, judged).cache())


def settle(args: CleanPartsArgs, judged: Judged, cleaned: Cleaned, progress: Progress) -> DataReport:
    """Write table, quarantine and report, then fail if too many rows were refused (DataError)."""
    spark = judged.rows.sparkSession
    table_uri = f"{args.clean_uri}/{cleaned.name}"
    write_table(cleaned.rows, table_uri, cleaned.schema)
    written = _measure(read_table(spark, table_uri, cleaned.schema), cleaned.schema)
    progress(", ".join(f"{rows:,} {part} rows are good" for part, rows in written.rows.items()))
    progress(_describe(written))
    refusals = write_refused(refused(judged.rows, F.col("part")), args.quarantine_uri)
    report = _report(args, judged, cleaned, written, refusals)
    check_balance(report.sources)
    write_document(spark, report, args.report_uri)
    progress(f"{refusals.rows:,} rows quarantined; report in {args.report_uri}")
    check_quality(report, args.max_bad_ratio)
    return report


def _measure(table: DataFrame, schema: Schema) -> Written:
    content = [name for name in schema if name not in PROVENANCE]
    by_part = table.groupBy("part").agg(F.count("*").alias("rows"), hash_sum([*content, "part"]).alias("hash"))
    found = by_part.collect()
    rows = {row["part"]: row["rows"] for row in found}
    return Written(
        rows={part.value: rows.get(part.value, 0) for part in Part},
        repeats=count_repeats(table, content),
        fingerprint=as_text(sum((row["hash"] for row in found), start=Decimal(0))),
    )


def _describe(written: Written) -> str:
    kept = [f"{rows:,} of {part}" for part, rows in written.repeats.duplicates.items()]
    return (
        f"{' and '.join(kept)} equal an earlier row of it; {written.repeats.test_rows_in_train:,} of "
        f"{written.rows[Part.TEST]:,} test rows are in train too: all are kept"
    )


def _report(args: CleanPartsArgs, judged: Judged, cleaned: Cleaned, written: Written, refusals: Refusals) -> DataReport:
    uri = f"{args.clean_uri}/{cleaned.name}"
    rows = sum(written.rows.values())
    return DataReport(
        sources={
            part.value: RowCounts(read=arrived.rows, good=written.rows[part.value], quarantined=refusals.of(part.value))
            for part, arrived in judged.arrived.items()
        },
        quarantined_by_reason=refusals.by_reason(),
        tables=[Table(name=cleaned.name, uri=uri, columns=columns(cleaned.schema), rows=rows)],
        quarantine_uri=args.quarantine_uri,
        features=cleaned.features,
        repeats=written.repeats,
        fingerprint=written.fingerprint,
        code_sha=args.code_sha,
    )
