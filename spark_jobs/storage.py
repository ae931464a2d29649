"""Tables and documents at their locations, through Hadoop's file systems, so that s3:// means what the cluster says."""

from __future__ import annotations

import tempfile
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from py4j.protocol import Py4JJavaError
from pyspark.errors import AnalysisException
from pyspark.sql import functions as F

from penstock.errors import DataError, DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

    from penstock.documents import Document
    from penstock.tables import Schema

D = TypeVar("D", bound="Document")


def read_table(spark: SparkSession, uri: str, schema: Schema) -> DataFrame:
    """The Parquet table at `uri` with exactly the columns of `schema`; raises DataError naming what is missing."""
    table = open_table(spark, uri)
    return require(table, uri, schema)


def require(table: DataFrame, uri: str, schema: Schema) -> DataFrame:
    """What was read from `uri`, with exactly the columns of `schema`; raises DataError naming what is missing."""
    missing = [name for name in schema if name not in table.columns]
    if missing:
        raise DataError(
            f"{uri}: missing column {', '.join(missing)}; "
            f"found {', '.join(table.columns)}; expected {', '.join(schema)}"
        )
    return conform(table, schema)


def open_table(spark: SparkSession, uri: str) -> DataFrame:
    """The Parquet table at `uri` as it is; raises DataError if there is none."""
    try:
        return spark.read.parquet(uri)
    except AnalysisException as error:
        raise DataError(f"{uri}: no Parquet table can be read there ({first_line(error)})") from error


def write_table(table: DataFrame, uri: str, schema: Schema) -> None:
    """Replace what is at `uri` by `table` as Parquet, with exactly the columns and types of `schema`."""
    conform(table, schema).write.mode("overwrite").parquet(uri)


def conform(table: DataFrame, schema: Schema) -> DataFrame:
    """The schema's columns, in its order and types."""
    return table.select(*[F.col(name).cast(kind).alias(name) for name, kind in schema.items()])


def write_document(spark: SparkSession, document: Document, uri: str) -> None:
    """One UTF-8 file at exactly `uri`. Call it after everything the document speaks of has been written."""
    write_text(spark, document.to_json(), uri)


def write_text(spark: SparkSession, text: str, uri: str) -> None:
    """One UTF-8 file at exactly `uri`."""
    path = _path(spark, uri)
    stream = path.getFileSystem(_hadoop(spark)).create(path, True)  # noqa: FBT003 - py4j has no keywords
    try:
        stream.write(bytearray(text, "utf-8"))
    finally:
        stream.close()


def upload(spark: SparkSession, file: Path, uri: str) -> None:
    """A file of the driver's disk at exactly `uri`, in place of what is there; its bytes do not pass through Python."""
    target = _path(spark, uri)
    source = _path(spark, file.as_uri())
    target.getFileSystem(_hadoop(spark)).copyFromLocalFile(False, True, source, target)  # noqa: FBT003 - see above


def place_document(spark: SparkSession, document: Document, uri: str, *, scratch: str) -> None:
    """One file at exactly `uri`, there whole or not at all, whenever this is killed. Nothing may lie there before."""
    draft = f"{scratch}/{uuid.uuid4()}.json"
    write_document(spark, document, draft)
    _move(spark, draft, uri)


def place_table(table: DataFrame, uri: str, schema: Schema, *, scratch: str) -> None:
    """One Parquet file at exactly `uri`, there whole or not at all, whenever this is killed. Nothing may lie there.

    A folder that Spark writes itself grows file by file; its readers would have to know which files count.
    """
    spark, folder = table.sparkSession, f"{scratch}/{uuid.uuid4()}"
    write_table(table.coalesce(1), folder, schema)
    path = _path(spark, folder)
    (part,) = path.getFileSystem(_hadoop(spark)).globStatus(_path(spark, f"{folder}/part-*.parquet"))
    _move(spark, str(part.getPath().toString()), uri)
    discard_folder(spark, folder)


def exists(spark: SparkSession, uri: str) -> bool:
    """Whether there is a file or a folder."""
    path = _path(spark, uri)
    return bool(path.getFileSystem(_hadoop(spark)).exists(path))


def modified(spark: SparkSession, uri: str) -> int:
    """When the file was last written, by the clock of its store, in milliseconds since 1970; 0 if there is none."""
    path = _path(spark, uri)
    files = path.getFileSystem(_hadoop(spark))
    return int(files.getFileStatus(path).getModificationTime()) if files.exists(path) else 0


def newest(spark: SparkSession, folder: str) -> str | None:
    """The file whose name comes last, where names are in the order of time; None if there is none."""
    path = _path(spark, folder)
    files = path.getFileSystem(_hadoop(spark))
    found = [each.getPath().toString() for each in files.listStatus(path)] if files.exists(path) else []
    return max(found, default=None)


def read_text(spark: SparkSession, uri: str) -> str:
    """The UTF-8 file at exactly `uri`; raises DataError if there is none, or if it is torn (a checksum tells)."""
    path = _path(spark, uri)
    try:
        stream = path.getFileSystem(_hadoop(spark)).open(path)
        try:
            return str(_jvm(spark).org.apache.commons.io.IOUtils.toString(stream, "UTF-8"))
        finally:
            stream.close()
    except Py4JJavaError as error:
        raise DataError(f"{uri}: nothing can be read there ({first_line(error)})") from error


def read_whole(spark: SparkSession, kind: type[D], uri: str) -> D | None:
    """The document at `uri`; None if there is none, or one that a killed writer left torn."""
    try:
        return kind.from_json(read_text(spark, uri), uri)
    except (DataError, DocumentError):
        return None


def discard_document(spark: SparkSession, uri: str) -> None:
    """Remove what an earlier try left at `uri`, if anything: a job that stops half-way leaves no valid document."""
    path = _path(spark, uri)
    path.getFileSystem(_hadoop(spark)).delete(path, False)  # noqa: FBT003 - py4j has no keywords


def discard_folder(spark: SparkSession, uri: str) -> None:
    """Remove the folder and all that is in it, if there is one."""
    path = _path(spark, uri)
    path.getFileSystem(_hadoop(spark)).delete(path, True)  # noqa: FBT003 - py4j has no keywords


def names_in(spark: SparkSession, uri: str) -> list[str]:
    """The names of the files and folders in a folder, sorted; none if there is no such folder."""
    path = _path(spark, uri)
    system = path.getFileSystem(_hadoop(spark))
    return sorted(str(each.getPath().getName()) for each in system.listStatus(path)) if system.exists(path) else []


def first_line_of(spark: SparkSession, uri: str) -> str:
    """The first line of a UTF-8 text file, unpacked as its name's ending says, without its end or byte order mark."""
    path, hadoop, jvm = _path(spark, uri), _hadoop(spark), _jvm(spark)
    stream = path.getFileSystem(hadoop).open(path)
    try:
        codec = jvm.org.apache.hadoop.io.compress.CompressionCodecFactory(hadoop).getCodec(path)
        plain = codec.createInputStream(stream) if codec is not None else stream
        text = jvm.org.apache.hadoop.io.Text()
        jvm.org.apache.hadoop.util.LineReader(plain).readLine(text)
        return str(text.toString()).removeprefix("\ufeff")
    finally:
        stream.close()


def size_of(spark: SparkSession, uri: str) -> int:
    """Bytes of the file or folder; raises DataError if there is none."""
    path = _path(spark, uri)
    try:
        return int(path.getFileSystem(_hadoop(spark)).getContentSummary(path).getLength())
    except Py4JJavaError as error:
        raise DataError(f"{uri}: nothing can be read there ({first_line(error)})") from error


def list_files(spark: SparkSession, uri: str, *, recursive: bool = False) -> dict[str, tuple[int, int]]:
    """Path below `uri` to bytes and time of the last change (ms) of each file; empty if there is nothing."""
    path = _path(spark, uri)
    system = path.getFileSystem(_hadoop(spark))
    if not system.exists(path):
        return {}
    files, found = system.listFiles(path, recursive), {}
    while files.hasNext():
        each = files.next()
        # A mount (viewfs) names its files by their own paths in one call and by the mount's in another.
        below = str(each.getPath()).rpartition(path.toUri().getPath())[2].lstrip("/")
        found[below] = (int(each.getLen()), int(each.getModificationTime()))
    return found


@contextmanager
def checkpoints(spark: SparkSession) -> Iterator[None]:
    """Let iterative estimators cut their lineage, in a folder of this job only on the cluster's default file system.

    Without it each iteration lengthens the lineage until tasks overflow the stack: ALS does so within 40 iterations.
    """
    uri = f"{tempfile.gettempdir()}/penstock-checkpoints-{uuid.uuid4()}"
    spark.sparkContext.setCheckpointDir(uri)
    folder = _path(spark, uri)
    try:
        yield
    finally:
        spark.sparkContext.setCheckpointDir(None)  # type: ignore[arg-type]  # or a later fit makes it again
        folder.getFileSystem(_hadoop(spark)).delete(folder, True)  # noqa: FBT003 - py4j has no keywords


def first_line(error: Exception) -> str:
    """What a Java or Spark exception says, without its trace."""
    java = getattr(error, "java_exception", None)
    return str(java.toString() if java is not None else error).strip().splitlines()[0]


def _move(spark: SparkSession, source: str, target: str) -> None:
    """Atomic on HDFS and on disk; on S3 a copy, whose object appears when it is whole."""
    old, new = _path(spark, source), _path(spark, target)
    files = new.getFileSystem(_hadoop(spark))
    files.mkdirs(new.getParent())
    if not files.rename(old, new):
        raise DataError(f"{target}: could not be made of {source}; does something lie there?")


def _path(spark: SparkSession, uri: str) -> Any:
    return _jvm(spark).org.apache.hadoop.fs.Path(uri)


def _hadoop(spark: SparkSession) -> Any:
    return spark.sparkContext._jsc.hadoopConfiguration()  # noqa: SLF001 - PySpark has no public way to Hadoop


def _jvm(spark: SparkSession) -> Any:
    return spark.sparkContext._jvm  # noqa: SLF001 - PySpark has no public way to Hadoop
