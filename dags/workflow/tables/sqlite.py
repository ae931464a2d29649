"""sqlite: the same promises, in one transaction of a write-ahead log, beside which readers read on."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from workflow.tables.counting import refuse_another_table, refuse_other_counts

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    import pyarrow as pa

    from workflow.tables.definition import Row, SqlTable

BUSY_MILLISECONDS = 60_000
"""For how long to wait for another writer."""


class Sqlite:
    """Loads tables through an open connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        connection.execute("PRAGMA journal_mode = WAL")
        # So that a rename leaves views alone, which name the table as it will be called again.
        connection.execute("PRAGMA legacy_alter_table = ON")

    def replace(self, table: SqlTable, batches: Iterable[pa.RecordBatch], *, run: str, rows: int) -> int:
        """Load a whole new table and swap it in; raises DataError and changes nothing if it has not so many `rows`."""
        staging, execute = table.staging(run), self._connection.execute
        with self._transaction():
            refuse_another_table(table, self._columns(table))
            execute(f"CREATE TABLE {staging.name} ({staging.definitions}, PRIMARY KEY ({staging.key_list}))")
            for batch in batches:
                self._insert(staging, batch)
            (loaded,) = execute(f"SELECT count(*) FROM {staging.name}").fetchone()  # noqa: S608 - SAFE names only
            refuse_other_counts(table, loaded=loaded, expected=rows)
            execute(f"DROP TABLE IF EXISTS {table.name}")
            execute(f"ALTER TABLE {staging.name} RENAME TO {table.name}")
        return int(loaded)

    def upsert(self, table: SqlTable, rows: Iterable[Row]) -> None:
        """Write rows by their key, in one transaction; the table is made if it is not there."""
        create = f"CREATE TABLE IF NOT EXISTS {table.name} ({table.definitions}, PRIMARY KEY ({table.key_list}))"
        with self._transaction():
            self._connection.execute(create)
            self._connection.executemany(table.upsert("?"), rows)

    def _insert(self, staging: SqlTable, batch: pa.RecordBatch) -> None:
        rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
        marks = ", ".join("?" * len(staging.columns))
        self._connection.executemany(
            f"INSERT INTO {staging.name} ({staging.column_list}) VALUES ({marks})",  # noqa: S608 - SAFE names only
            rows,
        )

    def _columns(self, table: SqlTable) -> list[str]:
        """Of the table that is there; none if there is none."""
        return [str(row[1]) for row in self._connection.execute(f"PRAGMA table_info({table.name})")]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
