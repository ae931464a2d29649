"""Sources: files in S3 by address or by catalogue table, without what the job's bookmark has read."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, MapType, StringType, StructField, StructType

from awsglue import bookmark, catalog, choices, files
from awsglue.formats import HIVE_NULL, Format, of_table, reading, truth
from awsglue.gluetypes import spark_type

FILE_SYSTEMS = ("s3", "file", "parquet", "orc", "csv", "json")
NESTED = (StructType, ArrayType, MapType)


class SourceError(Exception):
    """A source that is not read here, or that lacks an option."""


def from_options(
    spark: SparkSession, kind: str, options: Mapping[str, Any], format: str | None, format_options: Any, context: str
) -> DataFrame:
    """Read the files below the option ``paths``; raise SourceError for connections that are not to files."""
    if kind not in FILE_SYSTEMS:
        raise SourceError(f"connection_type {kind!r} is not read here: one of {FILE_SYSTEMS}")
    addresses = options.get("paths") or []
    addresses = [addresses] if isinstance(addresses, str) else list(addresses)
    if not addresses:
        raise SourceError("connection_options has no paths")
    how = reading(format or kind, {**(format_options or {})})
    patterns = files.exclusion_patterns(options.get("exclusions"))
    frames = []
    for address in addresses:
        below = files.below(spark, address, exclusions=patterns)
        below = [item for item in below if truth(options.get("recurse", False)) or direct(item[0], address)]
        fresh = [path for path, _ in bookmark.current.unread(context, below)]
        if fresh:
            frames.append(load(spark, how, fresh, address))
    if not frames:
        return spark.createDataFrame([], StructType())
    return reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), frames)


def direct(path: str, address: str) -> bool:
    """Whether a file is in the folder of the address itself, or in Hive-style partitions of it."""
    _, _, inside = path.partition("://")
    folders = inside.removeprefix(address.partition("://")[2].rstrip("/")).strip("/").split("/")[:-1]
    return all("=" in folder for folder in folders)


def load(spark: SparkSession, how: Format, paths: Sequence[str], base: str, schema: Any = None) -> DataFrame:
    """Read files whose partitions are folders below the base; CSV without a header has columns col0, col1, ..."""
    reader = spark.read.options(**how.options)
    if base not in paths and not base.endswith(tuple(path.rpartition("/")[2] for path in paths)):
        reader = reader.option("basePath", base)
    reader = reader.schema(schema) if schema is not None else reader
    frame = reader.format(how.name).load(list(paths))
    if schema is None and how.name == "csv" and not how.options["header"]:
        names = [name.replace("_c", "col", 1) if name.startswith("_c") else name for name in frame.columns]
        frame = frame.toDF(*names)
    return frame


def from_catalog(
    spark: SparkSession, database: str, name: str, options: Mapping[str, Any], predicate: str, context: str
) -> DataFrame:
    """Read a catalogue table: the partitions that predicates select, the files that the bookmark has not."""
    table = catalog.table(database, name)
    how, keys = of_table(table), fields(table.get("PartitionKeys") or [])
    wanted = fields(table["StorageDescriptor"]["Columns"])
    places = locations(spark, table, keys, options.get("catalogPartitionPredicate", ""), predicate)
    patterns = files.exclusion_patterns(options.get("exclusions"))
    frames = []
    for address, values in places:
        fresh = bookmark.current.unread(context, files.below(spark, address, exclusions=patterns))
        if fresh:
            frame = typed(spark, how, [path for path, _ in fresh], wanted)
            frames.append(with_keys(frame, keys, values))
    if not frames:
        return spark.createDataFrame([], StructType([*wanted, *keys]))
    return reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), frames)


def fields(columns: Iterable[Mapping[str, Any]]) -> list[StructField]:
    """Return catalogue columns as Spark's fields."""
    return [StructField(item["Name"], spark_type(item.get("Type") or "string")) for item in columns]


def typed(spark: SparkSession, how: Format, paths: Sequence[str], wanted: list[StructField]) -> DataFrame:
    """Read files: Parquet and ORC with their own types, text with the table's, where what does not fit is a choice."""
    if how.name in {"parquet", "orc"}:
        return spark.read.options(**how.options).format(how.name).load(list(paths))
    as_text = [
        field if isinstance(field.dataType, NESTED) else StructField(field.name, StringType()) for field in wanted
    ]
    frame = spark.read.options(**how.options).schema(StructType(as_text)).format(how.name).load(list(paths))
    columns = [
        F.col(f"`{field.name}`")
        if isinstance(field.dataType, (StringType, *NESTED))
        else choices.suspect(field.name, field.dataType)
        for field in wanted
    ]
    return frame.select(*columns)


def with_keys(frame: DataFrame, keys: list[StructField], values: Sequence[str]) -> DataFrame:
    """Add a partition's values as columns."""
    kept = [F.col(f"`{name}`") for name in frame.columns if name not in {key.name for key in keys}]
    added = [
        F.lit(None if value == HIVE_NULL else value).cast(key.dataType).alias(key.name)
        for key, value in zip(keys, values, strict=True)
    ]
    return frame.select(*kept, *added)


def locations(
    spark: SparkSession, table: Mapping[str, Any], keys: list[StructField], expression: str, predicate: str
) -> list[tuple[str, list[str]]]:
    """Return where the table's files are, with the partition's values; the predicate is SQL over the keys."""
    if not keys:
        return [(table["StorageDescriptor"]["Location"], [])]
    found = catalog.partitions(table["DatabaseName"], table["Name"], expression)
    places = [(item["StorageDescriptor"]["Location"], list(item["Values"])) for item in found]
    if not predicate or not places:
        return places
    text = StructType([StructField(key.name, StringType()) for key in keys] + [StructField("__n", StringType())])
    rows = [(*values, str(number)) for number, (_, values) in enumerate(places)]
    plain = spark.createDataFrame(rows, text)
    cast = [F.col(f"`{key.name}`").cast(key.dataType).alias(key.name) for key in keys]
    selected = plain.select(*cast, "__n").where(predicate).collect()
    return [places[int(row["__n"])] for row in selected]
