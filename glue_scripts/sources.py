"""Text files as they arrive: which columns each has, what their first line says, and their lines, all of them."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pyspark.errors import AnalysisException
from pyspark.sql import functions as F

from glue_scripts.transforms.lines import readable
from penstock.errors import DataError
from penstock.jobs import SourceFormat
from spark_jobs.storage import first_line

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

RATINGS_COLUMNS = ("userId", "movieId", "rating", "timestamp")
MOVIES_COLUMNS = ("movieId", "title", "genres")

Heading = Callable[[str, str], bool]
"""(line, file): whether this first line of this file is a heading and no row; raises DataError if it is a wrong one."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """One file, or a folder of files of the same shape."""

    name: str
    uri: str
    columns: tuple[str, ...]
    heading: Heading


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """The lines (file, line, is_header) of a source, and how many of them are rows: all but the files' headings."""

    lines: DataFrame
    rows: int


def read_source(spark: SparkSession, source: Source) -> Arrived:
    """Every physical line; raises DataError for a missing or empty file or a wrong header.

    Hadoop's line reader ends lines at LF, CRLF or CR and skips a byte order mark.
    """
    try:
        text = spark.read.text(source.uri)
    except AnalysisException as error:
        raise DataError(f"{source.uri}: no {source.name} can be read there ({first_line(error)})") from error
    files = sorted(text.inputFiles(), key=unquote)
    if not files:
        raise DataError(f"{source.uri}: the folder has no file; expected {source.name}")
    first_lines = {file: _first_line(spark, unquote(file), source) for file in files}
    headings = {file: line for file, line in first_lines.items() if source.heading(line, unquote(file))}
    lines = text.select(F.col("_metadata.file_path").alias("file"), readable(F.col("value")).alias("line"))
    is_header = _is_heading(headings, everywhere=len(headings) == len(files))
    return Arrived(lines=lines.withColumn("is_header", is_header), rows=text.count() - len(headings))


def _is_heading(headings: Mapping[str, str], *, everywhere: bool) -> Column:
    """Whether the line reads as the heading of a file, and is in a file with a heading."""
    if not headings:
        return F.lit(False)  # noqa: FBT003 - a literal column
    line = F.col("line").isin(list(set(headings.values())))
    if everywhere:
        return line
    scheme = r"^(\w+):/+"  # Spark names a local file file:/a or file:///a
    files = [re.sub(scheme, r"\1:/", file) for file in headings]
    return line & F.regexp_replace("file", scheme, "$1:/").isin(files)


def _first_line(spark: SparkSession, file: str, source: Source) -> str:
    first = spark.read.text(_exactly(file)).head()
    if first is None:
        raise DataError(f"{file} is empty; expected {source.name} with {', '.join(source.columns)}")
    return str(first["value"])


def _exactly(file: str) -> str:
    """The file's location as Hadoop's glob that matches nothing else."""
    return re.sub(r"([\\*?\[\]{}])", r"\\\1", file)


def no_heading(line: str, file: str) -> bool:
    """Every line is a row."""
    return False


def movielens_heading(columns: tuple[str, ...], source_format: SourceFormat) -> Heading:
    """CSV files name their columns, `::`-separated ones do not."""
    if source_format is SourceFormat.DAT:
        return no_heading

    def named(line: str, file: str) -> bool:
        check_header(line, file, columns)
        return True

    return named


def check_header(line: str, file: str, columns: tuple[str, ...]) -> None:
    """Raise DataError unless the CSV header names exactly these columns, in this order."""
    found = [name.strip() for name in next(csv.reader([line]), [])]
    if found == list(columns):
        return
    missing = [name for name in columns if name not in found]
    problem = f"missing column {', '.join(missing)}" if missing else "columns in another order, or too many"
    raise DataError(f"{file}: {problem}; found {', '.join(found)}; expected {', '.join(columns)}")
