"""A registered model's `MLmodel` file: what MLflow needs to load it, and its signature."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from penstock.documents import Column
    from workflow.evidence import Evidence

SPARK_MODEL = "sparkml"
"""The folder of the Spark model inside a version's folder, by MLflow's own name for it."""
SPARK_VERSION = "3.5.6"
_SCALARS = {
    "tinyint": "integer",
    "smallint": "integer",
    "int": "integer",
    "bigint": "long",
    "float": "float",
    "double": "double",
    "boolean": "boolean",
    "string": "string",
    "binary": "binary",
    "date": "datetime",
    "timestamp": "datetime",
}
_ARRAY = re.compile(r"array<(.+)>")


def mlmodel(evidence: Evidence) -> str:
    """The file's YAML. MLflow is imported late, because it takes seconds."""
    from mlflow.models import Model, ModelSignature  # noqa: PLC0415
    from mlflow.types.schema import Schema  # noqa: PLC0415

    flavor = {"model_data": SPARK_MODEL, "pyspark_version": SPARK_VERSION, "model_class": evidence.model_class}
    signature = ModelSignature(
        inputs=Schema([_column(each) for each in evidence.inputs]),
        outputs=Schema([_column(each) for each in evidence.outputs]),
    )
    model = Model(flavors={"spark": flavor}, signature=signature, model_uuid=evidence.digest[:32])
    return str(model.to_yaml())


def _column(column: Column) -> Any:
    from mlflow.types.schema import ColSpec  # noqa: PLC0415

    return ColSpec(_type(column.type), column.name, required=True)


def _type(name: str) -> Any:
    """MLflow's type of a Hive or Spark type name; a decimal is a double, anything unknown MLflow's AnyType."""
    from mlflow.types.schema import AnyType, Array, DataType, SparkMLVector  # noqa: PLC0415

    if array := _ARRAY.fullmatch(name):
        return Array(_type(array[1]))
    if name.startswith("decimal"):
        return DataType.double
    if name in ("vector", "struct<type:tinyint,size:int,indices:array<int>,values:array<double>>"):
        return SparkMLVector()  # type: ignore[no-untyped-call]
    return DataType[_SCALARS[name]] if name in _SCALARS else AnyType()  # type: ignore[no-untyped-call]
