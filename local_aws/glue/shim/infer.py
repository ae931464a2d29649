"""Say the columns of groups of files, for a crawler: infer.py <groups.json> <columns.json>."""

import json
import sys
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import BooleanType, DataType, DoubleType, FloatType, IntegralType

from awsglue.formats import LAYOUTS

MOST_FILES = 20  # that are looked at for text; the schemas of all Parquet files are merged
PLAIN = (BooleanType, DoubleType, FloatType)


def read(spark: SparkSession, group: dict[str, Any]) -> DataFrame:
    """Return a group's records; partitions are not its columns."""
    reader = spark.read.option("recursiveFileLookup", value=True)
    kind = group["format"]
    if kind in {"parquet", "orc"}:
        return reader.option("mergeSchema", value=True).format(kind).load(group["paths"])
    paths = group["paths"][:MOST_FILES]
    if kind == "json":
        return reader.json(paths, multiLine=group["multi_line"])
    return reader.csv(paths, sep=group["delimiter"], header=group["header"], inferSchema=True)


def csv_type(kind: DataType) -> str:
    """Return the type that Glue's CSV classifier gives: bigint, double, boolean or string."""
    if isinstance(kind, IntegralType):
        return "bigint"
    return "boolean" if isinstance(kind, BooleanType) else "double" if isinstance(kind, PLAIN) else "string"


def answer(spark: SparkSession, group: dict[str, Any]) -> dict[str, Any]:
    """Return a group's columns and how Hive reads its files."""
    kind, layout = group["format"], LAYOUTS[group["format"]]
    columns = []
    for index, field in enumerate(read(spark, group).schema):
        named = kind != "csv" or group["header"]
        type_name = csv_type(field.dataType) if kind == "csv" else field.dataType.simpleString()
        columns.append({"Name": field.name.lower() if named else f"col{index}", "Type": type_name})
    parameters = dict(layout.parameters)
    if kind == "csv":
        parameters["field.delim"] = group["delimiter"]
    if kind == "json":
        parameters["paths"] = ",".join(column["Name"] for column in columns)
    serde = {"SerializationLibrary": layout.library, "Parameters": parameters}
    storage = {"InputFormat": layout.input_format, "OutputFormat": layout.output_format, "SerdeInfo": serde}
    return {"columns": columns, "storage": storage}


def main(asked: Path, answered: Path) -> None:
    """Answer all questions in one session."""
    spark = SparkSession.builder.appName("crawler").getOrCreate()
    answers = [answer(spark, group) for group in json.loads(asked.read_text())]
    answered.write_text(json.dumps(answers))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
