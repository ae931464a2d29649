"""PostgreSQL: COPY into a temporary table, whose rows then take the place of the old ones, all in one transaction.

What is killed half-way has never happened. The table itself stays, and with it all that others have bound to it:
views, foreign keys, indexes, grants, triggers, policies. Readers see the old rows until the commit and then the new
ones, and nobody waits for anybody: a load holds off writers only.

Other ways, for a million rows in place of a million (docs/publishing.md): to rename a new table is the fastest, but
loses what was bound to the old one and waits for its readers; TRUNCATE keeps readers out for the whole INSERT; DELETE
and INSERT break the foreign keys of others.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from workflow.tables.counting import refuse_another_table, refuse_other_counts

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa
    from psycopg import Connection

    from workflow.tables.definition import Row, SqlTable

LOCK_SECONDS = 60
"""For how long a load waits for others who write to the table."""
FILLED = 50
"""Per cent of a page that new rows may fill: every load rewrites all rows, and finds room for them in the same page, so
that no index has to be told (https://www.postgresql.org/docs/current/storage-hot.html)."""
_COLUMNS = """
SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(format('%%I.%%I', current_schema(), %s::text))
AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""


class Postgres:
    """Loads tables through an open connection of psycopg 3."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection
        connection.autocommit = True

    def replace(self, table: SqlTable, batches: Iterable[pa.RecordBatch], *, rows: int) -> int:
        """Put new rows in the place of all others; raises DataError and changes nothing if they are not `rows`.

        Raises TimeoutError while others load the table or write to it.
        """
        with self._connection.transaction():
            self._be_alone(table)
            refuse_another_table(table, self._columns(table))
            self._stage(table, batches)
            loaded = int(self._one(f"SELECT count(*) FROM {table.staging}"))  # noqa: S608 - SAFE names only
            refuse_other_counts(table, loaded=loaded, expected=rows)
            self._make(table)
            self._hold_off_writers(table)
            for statement in table.take_over():
                self._execute(statement)
        self._execute(f"VACUUM (ANALYZE) {table.name}")
        return loaded

    def upsert(self, table: SqlTable, rows: Iterable[Row]) -> None:
        """Write rows by their key, in one transaction; the table is made if it is not there."""
        with self._connection.transaction(), self._connection.cursor() as cursor:
            self._make(table)
            cursor.executemany(table.upsert("%s").encode(), list(rows))

    def _be_alone(self, table: SqlTable) -> None:
        lock = "SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || '.' || %s, 0))"
        if not self._one(lock, table.name):
            raise TimeoutError(
                f"{table.name} is being loaded by another run just now; try this one again when it is over"
            )

    def _columns(self, table: SqlTable) -> list[str]:
        """Of the table that is there; none if there is none."""
        return [str(name) for (name,) in self._execute(_COLUMNS, table.name).fetchall()]

    def _make(self, table: SqlTable) -> None:
        """If it is not there."""
        self._execute(
            f"CREATE TABLE IF NOT EXISTS {table.name} ({table.definitions}, PRIMARY KEY ({table.key_list})) "
            f"WITH (fillfactor = {FILLED})"
        )

    def _stage(self, table: SqlTable, batches: Iterable[pa.RecordBatch]) -> None:
        """Rows, each key once, in a table that ends with the transaction; what it is like is told to the planner."""
        self._execute(f"CREATE TEMPORARY TABLE {table.staging} ({table.definitions}) ON COMMIT DROP")
        statement = f"COPY {table.staging} ({table.column_list}) FROM STDIN WITH (FORMAT csv)"
        with self._connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for batch in batches:
                copy.write(as_csv(batch))
        self._execute(f"ALTER TABLE {table.staging} ADD PRIMARY KEY ({table.key_list})")
        self._execute(f"ANALYZE {table.staging}")

    def _hold_off_writers(self, table: SqlTable) -> None:
        """Until the commit; readers are let through."""
        from psycopg.errors import LockNotAvailable  # noqa: PLC0415 - loads libpq

        self._execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        try:
            self._execute(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE")
        except LockNotAvailable as error:
            raise TimeoutError(
                f"{table.name} was not replaced: another transaction has been writing to it for {LOCK_SECONDS} s. "
                "Find it in pg_stat_activity, end it, and clear this task"
            ) from error

    def _execute(self, statement: str, *values: str) -> Any:
        return self._connection.execute(statement.encode(), values or None)

    def _one(self, statement: str, *values: str) -> Any:
        return self._execute(statement, *values).fetchone()[0]


def as_csv(batch: pa.RecordBatch) -> bytes:
    """Rows as COPY reads them: an empty field is null, an empty text is quoted."""
    from pyarrow import csv  # noqa: PLC0415 - as in workflow.tables.parquet

    sink = io.BytesIO()
    csv.write_csv(batch, sink, csv.WriteOptions(include_header=False))
    return sink.getvalue()
