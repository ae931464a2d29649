"""Tables whose vectors are stored as every reader can read them: as structs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.ml.linalg import VectorUDT
from pyspark.sql.types import StructField, StructType

from spark_jobs.storage import open_table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import DataType


def open_rows(spark: SparkSession, uri: str) -> DataFrame:
    """As `open_table`, with structs that have the fields of Spark ML's vectors read as vectors.

    An ETL stores them so, because Hive, Glue and Athena cannot read what is marked as a vector.
    """
    table = open_table(spark, uri)
    vector = VectorUDT()
    stored = _fields(vector.sqlType())
    kinds = {each.name: vector if _fields(each.dataType) == stored else each.dataType for each in table.schema}
    fields = [StructField(name, kind) for name, kind in kinds.items()]
    return spark.read.schema(StructType(fields)).parquet(uri)


def _fields(kind: DataType) -> dict[str, str]:
    return {each.name: each.dataType.simpleString() for each in kind.fields} if isinstance(kind, StructType) else {}
