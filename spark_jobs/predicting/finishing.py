"""One group of files, from its packets to its document."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pyspark import StorageLevel
from pyspark.sql import functions as F

from penstock.errors import DataError
from penstock.prediction import FinishedGroup, InputFile, PredictionFormat, QuarantinedRecord
from penstock.tables import PREDICTIONS, UNPREDICTED, ddl
from spark_jobs.progress import Progress
from spark_jobs.storage import write_document, write_table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from spark_jobs.predicting.files import SourceFile
    from spark_jobs.predicting.groups import Group, Places

SAMPLES = 5
"""Quarantined records of a group that stand in its document."""


class Counts(NamedTuple):
    """Of a split, or of all of a file."""

    lines: int = 0
    records: int = 0
    predicted: int = 0

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(*map(sum, zip(self, other, strict=True)))


Splits = dict[tuple[int, int], Counts]
"""By file and start."""


def finish_group(
    spark: SparkSession, group: Group, packets: DataFrame, places: Places, output_format: PredictionFormat
) -> FinishedGroup:
    """Ask the model once for every record, write predictions, quarantine and table, and the document last.

    Packets are kept on disk, because several things are made of them and no model need say the same twice.
    """
    progress, name = Progress(), group.name
    packets.persist(StorageLevel.DISK_ONLY)
    try:
        write_output(packets, places.predictions(name), output_format)
        splits = count_splits(packets)
        if any(each.records > each.predicted for each in splits.values()):
            located = locate(spark, group, packets.select(F.inline("bad")), splits)
            write_table(located.sortWithinPartitions("file", "line"), places.quarantine(name), UNPREDICTED)
        if places.table_uri:
            located = locate(spark, group, packets.select(F.inline("table")), splits).toDF(*PREDICTIONS)
            write_table(located, places.table(name), PREDICTIONS)
    finally:
        packets.unpersist()
    done = describe_group(spark, group, splits, places.quarantine(name), seconds=progress.seconds)
    write_document(spark, done, places.document(name))
    return done


def write_output(packets: DataFrame, uri: str, output_format: PredictionFormat) -> None:
    """The output of all packets as files of the format."""
    if output_format is PredictionFormat.PARQUET:
        packets.select(F.inline("output")).write.mode("overwrite").parquet(uri)
    else:
        lines = packets.where(F.col("output").isNotNull()).select(F.col("output").alias("value"))
        lines.write.mode("overwrite").text(uri)


def count_splits(packets: DataFrame) -> Splits:
    """Lines, records and predictions of every split."""
    found: Splits = {}
    for file, start, *counts in packets.select(F.inline("counts")).collect():
        found[file, start] = found.get((file, start), Counts()).plus(Counts(*counts))
    return found


def locate(spark: SparkSession, group: Group, rows: DataFrame, splits: Splits) -> DataFrame:
    """Rows (file, start, line, ...) with their file's location, and their line counted from the file's first."""
    uris = {each.key: each.uri for each in group.files}
    places, before = [], dict.fromkeys(uris, 0)
    for (file, start), counts in sorted(splits.items()):
        places.append((file, start, uris[file], before[file]))
        before[file] += counts.lines
    known = spark.createDataFrame(places, "file bigint, start bigint, uri string, before bigint")
    rest = [name for name in rows.columns if name not in ("file", "start", "line")]
    joined = rows.join(F.broadcast(known), on=["file", "start"], how="inner")
    return joined.select(F.col("uri").alias("file"), (F.col("before") + F.col("line")).alias("line"), *rest)


def describe_group(
    spark: SparkSession, group: Group, splits: Splits, quarantine_uri: str, *, seconds: float
) -> FinishedGroup:
    """Everything that is known of a finished group; raises DataError if a record was lost or invented.

    Quarantined records are counted where they were written.
    """
    totals: dict[int, Counts] = {}
    for (file, _), counts in splits.items():
        totals[file] = totals.get(file, Counts()).plus(counts)
    refused = any(each.records > each.predicted for each in totals.values())
    quarantine = Quarantine.read(spark, quarantine_uri) if refused else Quarantine()
    return FinishedGroup(
        name=group.name,
        settings=group.settings,
        files=[_balanced(each, totals.get(each.key, Counts()), quarantine) for each in group.files],
        by_error=quarantine.by_error,
        samples=quarantine.samples,
        seconds=seconds,
    )


@dataclass(frozen=True, kw_only=True)
class Quarantine:
    """What was written of a group's records without a prediction."""

    by_file: dict[str, int] = field(default_factory=dict)
    by_error: dict[str, int] = field(default_factory=dict)
    samples: list[QuarantinedRecord] = field(default_factory=list)

    @classmethod
    def read(cls, spark: SparkSession, uri: str) -> Quarantine:
        """Count it."""
        table = spark.read.schema(ddl(UNPREDICTED)).parquet(uri)
        by_file: Counter[str] = Counter()
        by_error: Counter[str] = Counter()
        for row in table.groupBy("file", "error_type").agg(F.count("*").alias("rows")).collect():
            by_file[row.file] += row.rows
            by_error[row.error_type] += row.rows
        samples = [QuarantinedRecord(**row.asDict()) for row in table.orderBy("file", "line").limit(SAMPLES).collect()]
        return cls(by_file=dict(by_file), by_error=dict(sorted(by_error.items())), samples=samples)


def _balanced(file: SourceFile, counts: Counts, quarantine: Quarantine) -> InputFile:
    lost = quarantine.by_file.get(file.uri, 0)
    if counts.records != counts.predicted + lost:
        raise DataError(
            f"{file.uri}: {counts.records:,} records, but {counts.predicted:,} predictions and {lost:,} in quarantine"
        )
    return InputFile(
        uri=file.uri,
        bytes=file.bytes,
        modified=file.modified,
        records=counts.records,
        predicted=counts.predicted,
        quarantined=lost,
    )
