"""The files of an input, and their lines or rows with their places."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial, reduce
from typing import TYPE_CHECKING

from pyspark.errors import AnalysisException
from pyspark.sql import functions as F

from penstock.errors import DataError
from spark_jobs.predicting.reader import FILE, LINE, START, VALUE
from spark_jobs.storage import first_line, first_line_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame, SparkSession

HEADER_READERS = 16
"""Headers that the driver reads at once: a GET on S3 is mostly waiting."""
_GLOB = re.compile(r"[{}\[\]*?\\]")


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A file of the input; `key` is how its rows name it."""

    uri: str
    bytes: int
    modified: int
    key: int

    @property
    def state(self) -> tuple[str, int, int]:
        """What changes when the file does."""
        return self.uri, self.bytes, self.modified


def list_files(spark: SparkSession, uri: str) -> list[SourceFile]:
    """Every file that is not empty, sorted by location; those that start with _ or . are Spark's. Raises DataError.

    The data source for whole files lists in parallel, and reads no content that is not asked for.
    """
    columns = ("path", "length", F.unix_millis("modificationTime").alias("modified"), _key())
    try:
        files = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(uri)
        rows = files.select(*columns).collect()
    except AnalysisException as error:
        raise DataError(f"{uri}: no input can be read there ({first_line(error)})") from error
    if not rows:
        raise DataError(f"{uri}: no files, or only empty ones; expected the input")
    found = [SourceFile(uri=row.path, bytes=row.length, modified=row.modified, key=row[FILE]) for row in rows]
    if len({each.key for each in found}) < len(found):
        raise DataError(f"{uri}: two files have the same hash of their names; rename one")
    return sorted(found, key=lambda each: each.uri)


def lines_of(spark: SparkSession, files: Sequence[SourceFile]) -> DataFrame:
    """Every line as bytes: its file, the start of its split, and the line without its end. Splits keep their order.

    Only a line feed ends a line, so that the numbers are those of editors; a carriage return before it stays.
    """
    reader = spark.read.option("lineSep", "\n")
    whole = [reader.option(_GLOBBING, flag).text(paths) for flag, paths in _plain_and_special(files)]
    start = F.col("_metadata.file_block_start").alias(START)
    return _union([each.select(_key(), start, F.col("value").cast("binary").alias(VALUE)) for each in whole])


def rows_of(spark: SparkSession, files: Sequence[SourceFile]) -> DataFrame:
    """Every row of Parquet files: its file, its number from 1, and its columns."""
    reader = spark.read.option("mergeSchema", "true")
    whole = [reader.option(_GLOBBING, flag).parquet(*paths) for flag, paths in _plain_and_special(files)]
    line = (F.col("_metadata.row_index") + 1).alias(LINE)
    return _union([each.select("*", _key(), F.lit(0).cast("bigint").alias(START), line) for each in whole])


def read_headers(spark: SparkSession, files: Sequence[SourceFile]) -> list[str]:
    """The first line of each file, in their order."""
    with ThreadPoolExecutor(HEADER_READERS) as pool:
        return list(pool.map(partial(first_line_of, spark), [each.uri for each in files]))


_GLOBBING = "__globPaths__"
"""Spark's option, its own catalogue's, to take locations as they are."""


def _plain_and_special(files: Sequence[SourceFile]) -> list[tuple[str, list[str]]]:
    """Locations that Spark would take for patterns apart: told not to, it reads all others twice."""
    special = [each.uri for each in files if _GLOB.search(each.uri)]
    plain = [each.uri for each in files if not _GLOB.search(each.uri)]
    return [(flag, paths) for flag, paths in (("true", plain), ("false", special)) if paths]


def _union(tables: list[DataFrame]) -> DataFrame:
    return reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), tables)


def _key() -> Column:
    """The file of a row in 8 bytes instead of its whole name."""
    return F.xxhash64("_metadata.file_path").alias(FILE)
