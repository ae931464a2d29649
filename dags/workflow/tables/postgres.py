"""PostgreSQL: COPY into a table of the run's own, which then takes the place of the old one, all in one transaction.

What is killed half-way has never happened. Rows are loaded frozen, so that a reader with an older snapshot finds the
new rows and not an empty table (https://www.postgresql.org/docs/current/sql-copy.html, FREEZE).
"""

from __future__ import annotations

import io
import logging
import time
from typing import TYPE_CHECKING, Any

from workflow.tables.counting import refuse_another_table, refuse_other_counts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pyarrow as pa
    from psycopg import Connection

    from workflow.tables.definition import Row, SqlTable

log = logging.getLogger(__name__)

LOCK_SECONDS = 2
"""For how long the swap may wait for readers: those that come meanwhile queue behind it."""
SWAPS = 30
"""How often the swap is tried, as long apart as it waits."""
_COLUMNS = """
SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(format('%%I.%%I', current_schema(), %s::text))
AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
_GRANTS = """
SELECT format('GRANT %%s ON %%I TO %%s%%s', acl.privilege_type, %s::text,
              CASE WHEN acl.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END,
              CASE WHEN acl.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
FROM pg_class, aclexplode(relacl) AS acl WHERE pg_class.oid = to_regclass(%s::text)
"""


class Postgres:
    """Loads tables through an open connection of psycopg 3."""

    def __init__(self, connection: Connection[Any], *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._connection, self._sleep = connection, sleep
        connection.autocommit = True

    def replace(self, table: SqlTable, batches: Iterable[pa.RecordBatch], *, run: str, rows: int) -> int:
        """Load a whole new table and swap it in; raises DataError and changes nothing if it has not so many `rows`.

        Raises TimeoutError while others load or hold the table.
        """
        staging = table.staging(run)
        with self._connection.transaction():
            self._be_alone(table)
            there = self._columns(table)
            refuse_another_table(table, there)
            self._execute(f"CREATE TABLE {staging.name} ({staging.definitions})")
            self._copy(staging, batches)
            self._execute(f"ALTER TABLE {staging.name} ADD PRIMARY KEY ({staging.key_list})")
            loaded = int(self._one(f"SELECT count(*) FROM {staging.name}"))  # noqa: S608 - SAFE names only
            refuse_other_counts(table, loaded=loaded, expected=rows)
            if there:
                self._grant_as(table, staging)
            self._swap(staging, table, replaces=bool(there))
        return loaded

    def upsert(self, table: SqlTable, rows: Iterable[Row]) -> None:
        """Write rows by their key, in one transaction; the table is made if it is not there."""
        with self._connection.transaction(), self._connection.cursor() as cursor:
            self._execute(
                f"CREATE TABLE IF NOT EXISTS {table.name} ({table.definitions}, PRIMARY KEY ({table.key_list}))"
            )
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

    def _copy(self, staging: SqlTable, batches: Iterable[pa.RecordBatch]) -> None:
        statement = f"COPY {staging.name} ({staging.column_list}) FROM STDIN WITH (FORMAT csv, FREEZE)"
        with self._connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for batch in batches:
                copy.write(_csv(batch))

    def _grant_as(self, table: SqlTable, staging: SqlTable) -> None:
        for (grant,) in self._execute(_GRANTS, staging.name, table.name).fetchall():
            self._execute(grant)

    def _swap(self, staging: SqlTable, table: SqlTable, *, replaces: bool) -> None:
        """Rename both tables, without making readers wait long behind one that holds on to the old table."""
        from psycopg.errors import LockNotAvailable  # noqa: PLC0415 - loads libpq

        for _ in range(SWAPS):
            try:
                with self._connection.transaction():
                    self._execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
                    self._rename(staging, table, replaces=replaces)
            except LockNotAvailable:
                log.info("%s is held by another transaction; trying again in %d s", table.name, LOCK_SECONDS)
                self._sleep(LOCK_SECONDS)
            else:
                return
        raise TimeoutError(
            f"{table.name} was not replaced: another transaction has held it for {2 * SWAPS * LOCK_SECONDS} s. "
            "Find it in pg_stat_activity, end it, and clear this task"
        )

    def _rename(self, staging: SqlTable, table: SqlTable, *, replaces: bool) -> None:
        if replaces:
            self._execute(f"ALTER TABLE {table.name} RENAME TO {table.outgoing.name}")
        self._execute(f"ALTER TABLE {staging.name} RENAME TO {table.name}")
        if replaces:
            self._execute(f"DROP TABLE {table.outgoing.name}")

    def _execute(self, statement: str, *values: str) -> Any:
        return self._connection.execute(statement.encode(), values or None)

    def _one(self, statement: str, *values: str) -> Any:
        return self._execute(statement, *values).fetchone()[0]


def _csv(batch: pa.RecordBatch) -> bytes:
    """Rows as COPY reads them: an empty field is null, an empty text is quoted."""
    from pyarrow import csv  # noqa: PLC0415 - as in workflow.tables.parquet

    sink = io.BytesIO()
    csv.write_csv(batch, sink, csv.WriteOptions(include_header=False))
    return sink.getvalue()
