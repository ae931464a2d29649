"""The Data Catalog's tables in Spark's own catalogue, so that ``spark.sql`` finds ``database.table``.

They are registered, with their partitions, when the session starts: what appears in the Data Catalog later is not
seen, and what SQL creates or writes stays in the session and in the files.
"""

import logging
from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql.types import StructField, StructType

from awsglue import catalog
from awsglue.formats import HIVE_NULL, FormatError, of_table
from awsglue.sources import fields

log = logging.getLogger("glue")


def register(spark: SparkSession) -> None:
    """Register every table of every database; what cannot be read here is said in the log and left out."""
    for database in catalog.pages("GetDatabases", "DatabaseList"):
        name = database["Name"]
        spark.sql(f"CREATE DATABASE IF NOT EXISTS `{name}`")
        for table in catalog.pages("GetTables", "TableList", DatabaseName=name):
            try:
                register_table(spark, name, table)
            except (FormatError, KeyError) as problem:
                log.warning("%s.%s is not readable from SQL: %s", name, table["Name"], problem)


def register_table(spark: SparkSession, database: str, table: dict[str, Any]) -> None:
    """Register one table over its files, by Spark's DDL."""
    how = of_table(table)
    keys = table.get("PartitionKeys") or []
    columns = fields([*table["StorageDescriptor"]["Columns"], *keys])
    options = {str(key): str(value) for key, value in how.options.items()}
    options["path"] = table["StorageDescriptor"]["Location"]
    given = ", ".join(f"{_text(key)} {_text(value)}" for key, value in options.items())
    by = f" PARTITIONED BY ({', '.join(_name(key['Name']) for key in keys)})" if keys else ""
    whole = f"`{database}`.{_name(table['Name'])}"
    spark.sql(f"CREATE TABLE IF NOT EXISTS {whole} ({_ddl(columns)}) USING {how.name} OPTIONS ({given}){by}")
    names = [_name(key["Name"]) for key in keys]
    for partition in catalog.partitions(database, table["Name"]) if keys else []:
        pairs = zip(names, partition["Values"], strict=True)
        values = ", ".join(f"{name} = {'NULL' if value == HIVE_NULL else _text(value)}" for name, value in pairs)
        place = _text(partition["StorageDescriptor"]["Location"])
        spark.sql(f"ALTER TABLE {whole} ADD IF NOT EXISTS PARTITION ({values}) LOCATION {place}")


def _ddl(columns: list[StructField]) -> str:
    return ", ".join(f"{_name(field.name)} {field.dataType.simpleString()}" for field in StructType(columns))


def _name(text: str) -> str:
    return "`" + text.replace("`", "``") + "`"


def _text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def register_at_start() -> None:
    """Register the tables in the first session that the script makes, whichever way it makes it."""
    original = SparkSession.Builder.getOrCreate
    done: list[bool] = []

    def get_or_create(builder: SparkSession.Builder) -> SparkSession:
        session = original(builder)
        if not done:
            done.append(True)
            register(session)
        return session

    SparkSession.Builder.getOrCreate = get_or_create  # type: ignore[method-assign, assignment]
