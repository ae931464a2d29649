"""Schemas of models, whoever wrote them, as JSON schemas; and the columns that a JSON schema asks for."""

from __future__ import annotations

import math
from typing import Any

Json = dict[str, Any]
TYPES = {"double": "number", "bigint": "integer", "string": "string", "boolean": "boolean"}
"""Column type to JSON schema type."""
_COLUMNS = {json: column for column, json in TYPES.items()}


def json_schema(schema: Any, name: str) -> Json:
    """The JSON schema of pydantic's class, or of the library `schema`; empty for anything else."""
    if hasattr(schema, "model_json_schema"):
        return dict(schema.model_json_schema())
    if hasattr(schema, "json_schema"):
        return dict(schema.json_schema(f"https://example.com/{name}.json"))
    return {}


def schema_of(columns: dict[str, str]) -> Json:
    """The JSON schema of a record with these columns; empty if there are none."""
    properties = {name: {"type": TYPES[kind]} for name, kind in columns.items()}
    return {"type": "object", "properties": properties, "required": list(columns)} if columns else {}


def columns_of(schema: Json) -> dict[str, str]:
    """Name to type of an object's properties, `string` for those that are no plain value; empty if it is no object."""
    properties = schema.get("properties", {})
    return {name: column_type(each) or "string" for name, each in properties.items()}


def required_of(schema: Json) -> list[str]:
    """The properties that every record must have."""
    return [str(name) for name in schema.get("required", ())]


def column_type(schema: Json) -> str | None:
    """The column type of a plain value; None for what is none."""
    kind = schema.get("type")
    return _COLUMNS.get(kind) if isinstance(kind, str) else None


def from_text(text: str | None, kind: str) -> Any:
    """A field of CSV as a value of its column; raises ValueError in words. An empty one is no value, but for text."""
    if text is None or kind == "string":
        return text
    if not text:
        return None
    if kind == "boolean":
        return _boolean(text)
    try:
        value = int(text) if kind == "bigint" else float(text)
    except ValueError:
        raise ValueError(f"expected a {TYPES[kind]}, got {text!r}") from None
    if not math.isfinite(value):
        raise ValueError(f"expected a finite number, got {text!r}")
    return value


def typed_record(record: Any, types: dict[str, str]) -> dict[str, Any]:
    """The columns of a record, each null or of its type; raises ValueError naming the first that is neither."""
    if not isinstance(record, dict):
        raise ValueError(f"expected an object, got {record!r}")  # noqa: TRY004 - one kind for all that is wrong
    found = {}
    for name, kind in types.items():
        value = record.get(name)
        if value is not None and not _is(value, kind):
            raise ValueError(f"{name}: expected a {TYPES[kind]}, got {value!r}")
        found[name] = value
    return found


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool) or kind == "boolean":
        return isinstance(value, bool) and kind == "boolean"
    kinds: dict[str, tuple[type, ...]] = {"double": (int, float), "bigint": (int,), "string": (str,)}
    return isinstance(value, kinds[kind])


def number(value: Any) -> float:
    """A value of a record as an array of numbers holds it; raises ValueError for what is no number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"expected a number, got {value!r}")  # noqa: TRY004 - one kind for all that is wrong
    return float(value)


def _boolean(text: str) -> bool:
    known = {"true": True, "false": False}
    if text.lower() not in known:
        raise ValueError(f"expected true or false, got {text!r}")
    return known[text.lower()]
