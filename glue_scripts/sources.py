"""MovieLens files as they arrive: which columns each has, and their lines, every one of them."""

from __future__ import annotations

import csv
import re
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
    from pyspark.sql import DataFrame, SparkSession

RATINGS_COLUMNS = ("userId", "movieId", "rating", "timestamp")
MOVIES_COLUMNS = ("movieId", "title", "genres")


@dataclass(frozen=True, kw_only=True)
class Source:
    """One file, or a folder of files of the same shape."""

    name: str
    uri: str
    columns: tuple[str, ...]
    format: SourceFormat


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """The lines (file, line, is_header) of a source, and how many of them are rows: all but one header per CSV file."""

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
    files = sorted(unquote(encoded) for encoded in text.inputFiles())
    if not files:
        raise DataError(f"{source.uri}: the folder has no file; expected {source.name}")
    first_lines = [_first_line(spark, file, source) for file in files]
    line = readable(F.col("value"))
    has_header = source.format is SourceFormat.CSV
    is_header = line.isin(first_lines) if has_header else F.lit(False)  # noqa: FBT003 - a literal column
    lines = text.select(F.col("_metadata.file_path").alias("file"), line.alias("line"), is_header.alias("is_header"))
    return Arrived(lines=lines, rows=text.count() - (len(files) if has_header else 0))


def _first_line(spark: SparkSession, file: str, source: Source) -> str:
    first = spark.read.text(_exactly(file)).head()
    if first is None:
        raise DataError(f"{file} is empty; expected {source.name} with {', '.join(source.columns)}")
    line = str(first["value"])
    if source.format is SourceFormat.CSV:
        check_header(line, file, source.columns)
    return line


def _exactly(file: str) -> str:
    """The file's location as Hadoop's glob that matches nothing else."""
    return re.sub(r"([\\*?\[\]{}])", r"\\\1", file)


def check_header(line: str, file: str, columns: tuple[str, ...]) -> None:
    """Raise DataError unless the CSV header names exactly these columns, in this order."""
    found = [name.strip() for name in next(csv.reader([line]), [])]
    if found == list(columns):
        return
    missing = [name for name in columns if name not in found]
    problem = f"missing column {', '.join(missing)}" if missing else "columns in another order, or too many"
    raise DataError(f"{file}: {problem}; found {', '.join(found)}; expected {', '.join(columns)}")
