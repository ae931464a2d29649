"""Choices: columns whose values have more than one type, as structs of which one field is set, marked in the schema.

Glue finds choices in every source. Here they come from catalogue tables in CSV and JSON, whose text may not be what
the table says; ``suspect`` makes a choice of each such column and ``settle`` keeps those that are.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import DataType, StructField, StructType

from awsglue.gluetypes import glue_name, spark_type

MARK = {"awsglue.choice": True}
ACTIONS = ("cast", "make_cols", "make_struct", "project")


def is_choice(field: StructField) -> bool:
    """Whether a column is a choice."""
    return bool((field.metadata or {}).get("awsglue.choice"))


def suspect(name: str, kind: DataType) -> Column:
    """Return a column of text as a choice between a type and text; values that are of the type are not text."""
    text = F.col(f"`{name}`")
    given = F.when(F.length(F.trim(text)) > 0, text)
    typed = given.cast(kind)
    other = F.when(typed.isNull(), given)
    choice = F.struct(typed.alias(glue_name(kind)), other.alias("string"))
    return choice.alias(name, metadata=MARK)


def settle(frame: DataFrame) -> DataFrame:
    """Return the frame with plain columns where a choice has turned out to have values of one type (one pass)."""
    suspects = [field for field in frame.schema if is_choice(field)]
    if not suspects:
        return frame
    has_text = [F.max(F.col(f"`{field.name}`.string").isNotNull()).alias(field.name) for field in suspects]
    [found] = frame.agg(*has_text).collect()
    plain = {field.name for field in suspects if not found[field.name]}
    columns = [
        F.col(f"`{field.name}`.`{_first(field)}`").alias(field.name)
        if field.name in plain
        else F.col(f"`{field.name}`")
        for field in frame.schema
    ]
    return frame.select(*columns)


def _first(field: StructField) -> str:
    kind = field.dataType
    if not isinstance(kind, StructType):
        raise TypeError(f"column {field.name} is marked as a choice and is {kind.simpleString()}")
    return str(kind.names[0])


def resolve(field: StructField, action: str) -> list[Column]:
    """Return the columns that an action makes of one; raise ValueError for an action that Glue does not have."""
    verb, _, target = action.partition(":")
    if verb not in ACTIONS or (verb in {"cast", "project"}) != bool(target):
        raise ValueError(
            f"Invalid choice: {action!r} for {field.name}: cast:type, make_cols, make_struct, project:type"
        )
    name, whole = field.name, F.col(f"`{field.name}`")
    if not is_choice(field):
        return [whole.cast(spark_type(target)).alias(name) if verb == "cast" else whole]
    kinds = field.dataType.names if isinstance(field.dataType, StructType) else []
    if verb == "cast":
        return [cast(field, target).alias(name)]
    if verb == "project":
        wanted = glue_name(spark_type(target))
        value = F.col(f"`{name}`.`{wanted}`") if wanted in kinds else F.lit(None).cast(spark_type(target))
        return [value.alias(name)]
    if verb == "make_cols":
        return [F.col(f"`{name}`.`{kind}`").alias(f"{name}_{kind}") for kind in kinds]
    return [whole.alias(name, metadata={})]


def cast(field: StructField, target: str) -> Column:
    """Return a choice's value, whatever its type, as the target type."""
    kinds = field.dataType.names if isinstance(field.dataType, StructType) else []
    return F.coalesce(*[F.col(f"`{field.name}`.`{kind}`").cast(spark_type(target)) for kind in kinds])
