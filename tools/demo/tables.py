"""What a run has loaded into the local stack's application tables, asked of the tables themselves."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"


def loaded_tables(database: Path, run_id: str) -> dict[str, int]:
    """Rows of a run by table, for the tables that have some; empty where nothing was loaded."""
    if not database.exists():
        return {}
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        names = [name for (name,) in connection.execute(_NAMES)]
        counted = {name: _rows(connection, name, run_id) for name in names}
    return {name: rows for name, rows in counted.items() if rows}


def _rows(connection: sqlite3.Connection, table: str, run_id: str) -> int:
    query = f'SELECT count(*) FROM "{table}" WHERE run_id = ?'  # noqa: S608 - a name out of the database itself
    return int(connection.execute(query, [run_id]).fetchone()[0])
