"""Sinks: files in S3, added to what is there, and the catalogue table that describes them."""

from collections.abc import Mapping
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from awsglue import catalog
from awsglue.dynamicframe import DynamicFrame, DynamicFrameCollection
from awsglue.formats import HIVE_NULL, LAYOUTS, Format, writing
from awsglue.formats import of_table as format_of_table


class SinkError(Exception):
    """A sink that does not write here, or that lacks an option."""


class DataSink:
    """What ``getSink`` returns: choose a format, perhaps a table, then write frames."""

    def __init__(self, connection_type: str, options: Mapping[str, Any]) -> None:
        if connection_type not in {"s3", "file", "parquet", "orc", "csv", "json"}:
            raise SinkError(f"connection_type {connection_type!r} does not write here: only s3")
        if not options.get("path"):
            raise SinkError("connection_options has no path")
        self.options = dict(options)
        self.how: Format | None = None if connection_type in {"s3", "file"} else writing(connection_type, options)
        self.table: tuple[str, str] | None = None

    def setFormat(self, format: str, **options: Any) -> None:
        """Choose the format of the files."""
        self.how = writing(format, {"compression": self.options.get("compression"), **options})

    def setCatalogInfo(self, catalogDatabase: str, catalogTableName: str, *_: Any, **__: Any) -> None:
        """Choose the table that describes what is written."""
        self.table = (catalogDatabase, catalogTableName)

    def setAccumulableSize(self, size: int) -> None:
        """Do nothing: records with errors do not exist here."""

    def write(self, frame: Any, info: str = "") -> Any:
        """Write a frame, or each frame of a collection into a folder of its name; return what was given."""
        del info
        if isinstance(frame, DynamicFrameCollection):
            for name, item in frame.items():
                self._write(item.toDF(), f"{self.options['path'].rstrip('/')}/{name}")
        else:
            self._write(frame.toDF() if isinstance(frame, DynamicFrame) else frame, self.options["path"])
        return frame

    writeFrame = write

    def _write(self, frame: DataFrame, path: str) -> None:
        if self.how is None:
            raise SinkError("no format is set: call setFormat or give one")
        keys = list(self.options.get("partitionKeys") or [])
        if not frame.columns:
            return  # nothing to write: a bookmark has left nothing
        writer = frame.write.mode("append").options(**self.how.options).format(self.how.name)
        (writer.partitionBy(*keys) if keys else writer).save(path)
        if str(self.options.get("enableUpdateCatalog", False)).lower() == "true":
            if not self.table:
                raise SinkError("enableUpdateCatalog needs setCatalogInfo")
            self._update_catalog(frame, path, keys)

    def _update_catalog(self, frame: DataFrame, path: str, keys: list[str]) -> None:
        database, name = self.table or ("", "")
        how = self.how or writing("parquet", {})
        behaviour = self.options.get("updateBehavior", "UPDATE_IN_DATABASE")
        if behaviour == "UPDATE_IN_DATABASE" or not _exists(database, name):
            catalog.put_table(database, definition(frame, name, path, keys, how))
        if keys:
            storage = definition(frame, name, path, keys, how)["StorageDescriptor"]
            found = frame.select(*[F.col(f"`{key}`").cast("string").alias(key) for key in keys]).distinct().collect()
            catalog.add_partitions(database, name, [_partition(row, keys, path, storage) for row in found])


def _exists(database: str, name: str) -> bool:
    try:
        catalog.table(database, name)
    except catalog.CatalogError as problem:
        if problem.code == "EntityNotFoundException":
            return False
        raise
    return True


def _partition(row: Any, keys: list[str], path: str, storage: dict[str, Any]) -> dict[str, Any]:
    values = [HIVE_NULL if row[key] is None else row[key] for key in keys]
    folders = "/".join(f"{key}={value}" for key, value in zip(keys, values, strict=True))
    return {"Values": values, "StorageDescriptor": storage | {"Location": f"{path.rstrip('/')}/{folders}/"}}


def definition(frame: DataFrame, name: str, path: str, keys: list[str], how: Format) -> dict[str, Any]:
    """Return the TableInput of what was written."""
    layout = LAYOUTS[how.name]
    column = {field.name: {"Name": field.name, "Type": field.dataType.simpleString()} for field in frame.schema}
    parameters = {"classification": how.name, "EXTERNAL": "TRUE"}
    if how.name == "csv" and how.options.get("header"):
        parameters["skip.header.line.count"] = "1"
    delimiter = {"field.delim": how.options["sep"]} if how.name == "csv" else {}
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": parameters,
        "PartitionKeys": [column[key] for key in keys],
        "StorageDescriptor": {
            "Columns": [item for key, item in column.items() if key not in keys],
            "Location": path,
            "InputFormat": layout.input_format,
            "OutputFormat": layout.output_format,
            "SerdeInfo": {
                "SerializationLibrary": layout.library,
                "Parameters": {**layout.parameters, **delimiter},
            },
        },
    }


def catalog_sink(database: str, name: str, options: Mapping[str, Any]) -> DataSink:
    """Return the sink that writes into a catalogue table's folder, in its format, by its partition keys."""
    table = catalog.table(database, name)
    how = format_of_table(table)
    keys = options.get("partitionKeys") or [key["Name"] for key in table.get("PartitionKeys") or []]
    update = {"enableUpdateCatalog": options.get("enableUpdateCatalog", bool(keys)), "updateBehavior": "LOG"}
    sink = DataSink("s3", {"path": table["StorageDescriptor"]["Location"], "partitionKeys": keys, **update, **options})
    text = {"writeHeader": how.options["header"], "separator": how.options["sep"]} if how.name == "csv" else {}
    sink.setFormat(how.name, **text)
    sink.setCatalogInfo(database, name)
    return sink
