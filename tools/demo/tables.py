"""What a run has loaded into the application's tables, asked of the tables themselves."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from tools.stack import postgres

if TYPE_CHECKING:
    from pathlib import Path

    from tools.credentials import Credentials
    from tools.settings import Settings

_SQLITE = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
_POSTGRES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"


def tables_of(settings: Settings, credentials: Credentials, run_id: str) -> dict[str, int]:
    """Rows of a run by table, wherever the tables of these servers are."""
    if settings.database is None:
        return loaded_tables(settings.tables_file, run_id)
    with closing(postgres.connect(settings.database, credentials)) as connection:
        return _counted(connection, _POSTGRES, "%s", run_id)


def loaded_tables(database: Path, run_id: str) -> dict[str, int]:
    """Rows of a run by table of a sqlite file, for the tables that have some; empty where nothing was loaded."""
    if not database.exists():
        return {}
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return _counted(connection, _SQLITE, "?", run_id)


def _counted(connection: Any, listing: str, placeholder: str, run_id: str) -> dict[str, int]:
    names = [name for (name,) in connection.execute(listing).fetchall()]
    counted = {name: _rows(connection, name, placeholder, run_id) for name in names}
    return {name: rows for name, rows in counted.items() if rows}


def _rows(connection: Any, table: str, placeholder: str, run_id: str) -> int:
    query = f'SELECT count(*) FROM "{table}" WHERE run_id = {placeholder}'  # noqa: S608 - a name out of the database
    return int(connection.execute(query, [run_id]).fetchone()[0])
