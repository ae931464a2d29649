"""A SQL table, described for every database that it may be loaded into."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from penstock.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator

SAFE = re.compile(r"[a-z][a-z0-9_]{0,62}")
"""Names that need no quotes in PostgreSQL and sqlite; nothing else gets into a statement."""
TYPES = frozenset({"bigint", "integer", "real", "double precision", "text", "timestamptz", "boolean"})
"""PostgreSQL's names, of which sqlite makes its own affinities."""


@dataclass(frozen=True, kw_only=True)
class SqlTable:
    """Name, columns with their types in order, the primary key, and columns with an index each."""

    name: str
    columns: dict[str, str]
    key: tuple[str, ...]
    indexed: tuple[str, ...] = ()

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

    @property
    def staging(self) -> str:
        """What a load's temporary table is called, which its connection alone sees."""
        return f"{self.name}__staging"

    def upsert(self, placeholder: str) -> str:
        """INSERT of one row that replaces the row of the same key."""
        return self._upsert(f"VALUES ({', '.join([placeholder] * len(self.columns))})")

    def take_over(self) -> Iterator[str]:
        """Statements after which the rows are the staging table's, and no row that stays has been deleted.

        So a foreign key of others goes on pointing at it, and cascades nothing. `WHERE true` tells sqlite's parser
        that ON CONFLICT begins no join.
        """
        same = " AND ".join(f"new.{name} = {self.name}.{name}" for name in self.key)
        yield f"DELETE FROM {self.name} WHERE NOT EXISTS (SELECT 1 FROM {self.staging} AS new WHERE {same})"  # noqa: S608
        yield self._upsert(f"SELECT {self.column_list} FROM {self.staging} WHERE true")  # noqa: S608 - as above
        for name in self.indexed:
            yield f"CREATE INDEX IF NOT EXISTS {self.name}_{name} ON {self.name} ({name})"

    def _upsert(self, rows: str) -> str:
        """https://www.sqlite.org/lang_upsert.html, as in PostgreSQL."""
        rest = ", ".join(f"{name} = excluded.{name}" for name in self.columns if name not in self.key)
        return f"INSERT INTO {self.name} ({self.column_list}) {rows} ON CONFLICT ({self.key_list}) DO UPDATE SET {rest}"


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


def predictions(name: str, *, keyed: bool) -> SqlTable:
    """What a model said: one row for each record of the input, whose `record_key` has an index if there is one."""
    columns = {
        "input_file": "text",
        "input_line": "bigint",
        "record_key": "text",
        "prediction": "text",
        "prediction_number": "double precision",
        "error_type": "text",
        "model": "text",
        "model_version": "text",
        "run_id": "text",
        "logical_date": "timestamptz",
    }
    indexed = ("record_key",) if keyed else ()
    return SqlTable(name=name, columns=columns, key=("input_file", "input_line"), indexed=indexed)


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
