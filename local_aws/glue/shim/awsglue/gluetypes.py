"""Glue's names of types as Spark's, and paths of fields as columns."""

import re

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import DataType, StructField, StructType, _parse_datatype_string

# What mappings and catalogue tables say, where Spark's DDL has another word.
SPARK_NAMES = {"long": "bigint", "short": "smallint", "byte": "tinyint", "integer": "int", "null": "void"}
GLUE_NAMES = {"bigint": "long", "smallint": "short", "tinyint": "byte"}
PART = re.compile(r"`([^`]*)`|([^.`]+)")


def spark_type(name: str) -> DataType:
    """Return the type that Glue calls by this name; nested types are DDL (``array<struct<a:int>>``)."""
    text = name.strip().lower() if "<" not in name else name.strip()
    return _parse_datatype_string(SPARK_NAMES.get(text, text))


def glue_name(kind: DataType) -> str:
    """Return what Glue calls a type, as in the fields of a choice: ``long``, ``string``."""
    return GLUE_NAMES.get(kind.simpleString(), kind.simpleString())


def parts(path: str) -> list[str]:
    """Return the names along a path; a name in backticks may have dots."""
    return [quoted or plain for quoted, plain in PART.findall(path)]


def field_at(schema: StructType, path: list[str]) -> StructField | None:
    """Return the field at a path; None if there is none."""
    found: StructField | None = None
    kind: DataType = schema
    for name in path:
        if not isinstance(kind, StructType) or name not in kind.names:
            return None
        found = kind[name]
        kind = found.dataType
    return found


def column(path: list[str]) -> Column:
    """Return the column at a path that exists."""
    return F.col(".".join(f"`{name}`" for name in path))


def tree(leaves: list[tuple[list[str], Column]]) -> list[Column]:
    """Return top-level columns that hold each leaf at its path, in the order in which names first appear."""
    groups: dict[str, list[tuple[list[str], Column]]] = {}
    for path, leaf in leaves:
        groups.setdefault(path[0], []).append((path[1:], leaf))
    built = []
    for name, below in groups.items():
        direct = [leaf for path, leaf in below if not path]
        built.append((direct[-1] if direct else F.struct(*tree(below))).alias(name))
    return built
