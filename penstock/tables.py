"""Columns of the tables that cross a boundary: name to type, in the type names that Hive, Glue and Spark share.

Names are lower case because the Glue Data Catalog folds them.
"""

from __future__ import annotations

from penstock.documents import Column

Schema = dict[str, str]

RATINGS: Schema = {"user_id": "int", "item_id": "int", "rating": "float", "rated_at": "bigint"}
"""One rating per user and item; `rated_at` in seconds since 1970, UTC."""

MOVIES: Schema = {"item_id": "int", "title": "string", "genres": "array<string>"}

QUARANTINE: Schema = {"source": "string", "file": "string", "line": "string", "reason": "string"}
"""Refused rows: which source, which file, the line as it arrived, the first rule it broke."""

SCORES: Schema = {"user_id": "int", "rank": "int", "item_id": "int", "score": "float"}
"""Top-k items per user; `rank` counts from 1."""


def ddl(schema: Schema) -> str:
    """The schema as a Spark DDL string."""
    return ", ".join(f"{name} {kind}" for name, kind in schema.items())


def columns(schema: Schema) -> list[Column]:
    """The schema as it stands in documents."""
    return [Column(name=name, type=kind) for name, kind in schema.items()]
