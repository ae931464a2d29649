"""sqlite: the same promises, in one transaction of a write-ahead log, beside which readers read on.

Rows are staged in a temporary table, which lies in a file of the connection's own: until they are all there and
counted, other writers are not held off.
"""

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
        connection.execute("PRAGMA foreign_keys = ON")

    def replace(self, table: SqlTable, batches: Iterable[pa.RecordBatch], *, rows: int) -> int:
        """Put new rows in the place of all others; raises DataError and changes nothing if they are not `rows`."""
        execute = self._connection.execute
        refuse_another_table(table, self._columns(table))
        execute(f"CREATE TEMPORARY TABLE {table.staging} ({table.definitions}, PRIMARY KEY ({table.key_list}))")
        try:
            self._stage(table, batches)
            (loaded,) = execute(f"SELECT count(*) FROM {table.staging}").fetchone()  # noqa: S608 - SAFE names only
            refuse_other_counts(table, loaded=loaded, expected=rows)
            with self._transaction():
                self._make(table)
                for statement in table.take_over():
                    execute(statement)
        finally:
            execute(f"DROP TABLE {table.staging}")
        return int(loaded)

    def upsert(self, table: SqlTable, rows: Iterable[Row]) -> None:
        """Write rows by their key, in one transaction; the table is made if it is not there."""
        with self._transaction():
            self._make(table)
            self._connection.executemany(table.upsert("?"), rows)

    def _make(self, table: SqlTable) -> None:
        """If it is not there."""
        self._connection.execute(
            f"CREATE TABLE IF NOT EXISTS {table.name} ({table.definitions}, PRIMARY KEY ({table.key_list}))"
        )

    def _stage(self, table: SqlTable, batches: Iterable[pa.RecordBatch]) -> None:
        marks = ", ".join("?" * len(table.columns))
        insert = f"INSERT INTO {table.staging} ({table.column_list}) VALUES ({marks})"  # noqa: S608 - SAFE names only
        for batch in batches:
            rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
            with self._transaction("DEFERRED"):
                self._connection.executemany(insert, rows)

    def _columns(self, table: SqlTable) -> list[str]:
        """Of the table that is there; none if there is none."""
        return [str(row[1]) for row in self._connection.execute(f"PRAGMA table_info({table.name})")]

    @contextmanager
    def _transaction(self, kind: str = "IMMEDIATE") -> Iterator[None]:
        self._connection.execute(f"BEGIN {kind}")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
