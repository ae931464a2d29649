"""A SQL table, described for every database that it may be loaded into."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from penstock.errors import SpecError

SAFE = re.compile(r"[a-z][a-z0-9_]{0,62}")
"""Names that need no quotes in PostgreSQL and sqlite; nothing else gets into a statement."""
TYPES = frozenset({"bigint", "integer", "real", "double precision", "text", "timestamp", "boolean"})
"""PostgreSQL's names, of which sqlite makes its own affinities."""


@dataclass(frozen=True, kw_only=True)
class SqlTable:
    """Name, columns with their types in order, and the primary key."""

    name: str
    columns: dict[str, str]
    key: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse names that would need quotes; raises SpecError."""
        for name in (self.name, *self.columns):
            if not SAFE.fullmatch(name):
                raise SpecError(f"table {self.name!r}: {name!r} is no name for SQL; expected {SAFE.pattern}")
        if unknown := set(self.columns.values()) - TYPES:
            raise SpecError(f"table {self.name}: unknown type {min(unknown)!r}; known: {', '.join(sorted(TYPES))}")

    @property
    def column_list(self) -> str:
        """The columns' names, as in an INSERT."""
        return ", ".join(self.columns)

    @property
    def key_list(self) -> str:
        """The key's columns, as in a constraint."""
        return ", ".join(self.key)

    @property
    def definitions(self) -> str:
        """The columns with their types, as in a CREATE TABLE; keys are never null."""
        return ", ".join(
            f"{name} {kind}{' NOT NULL' if name in self.key else ''}" for name, kind in self.columns.items()
        )

    def staging(self, run: str) -> SqlTable:
        """The table that a run loads before it takes this one's place."""
        return self.renamed(f"{self.name}__{hashlib.sha256(run.encode()).hexdigest()[:8]}")

    @property
    def outgoing(self) -> SqlTable:
        """What the table is called for the moment between the swap and its end."""
        return self.renamed(f"{self.name}__old")

    def renamed(self, name: str) -> SqlTable:
        """The same columns under another name."""
        return SqlTable(name=name, columns=self.columns, key=self.key)

    def upsert(self, placeholder: str) -> str:
        """INSERT that replaces the row of the same key: https://www.sqlite.org/lang_upsert.html, as in PostgreSQL."""
        rest = ", ".join(f"{name} = excluded.{name}" for name in self.columns if name not in self.key)
        values = ", ".join([placeholder] * len(self.columns))
        return (
            f"INSERT INTO {self.name} ({self.column_list}) VALUES ({values}) "  # noqa: S608 - SAFE names only
            f"ON CONFLICT ({self.key_list}) DO UPDATE SET {rest}"
        )


Row = tuple[Any, ...]


def recommendations(name: str) -> SqlTable:
    """Top-k lists: one row for each user and rank."""
    columns = {
        "user_id": "bigint",
        "item_id": "bigint",
        "rank": "integer",
        "score": "real",
        "model_version": "text",
        "run_id": "text",
    }
    return SqlTable(name=name, columns=columns, key=("user_id", "rank"))


MODEL_METRICS = SqlTable(
    name="model_metrics",
    columns={
        "dag_id": "text",
        "run_id": "text",
        "model": "text",
        "contender": "text",
        "split": "text",
        "metric": "text",
        "value": "double precision",
        "model_version": "text",
    },
    key=("dag_id", "run_id", "model", "contender", "split", "metric"),
)
"""History of every model's metrics: of each run the challenger's, the champion's and the trivial baselines'."""
