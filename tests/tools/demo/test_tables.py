"""Rows of a run in the tables of the local stack."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tools.demo.tables import loaded_tables


def test_only_tables_with_rows_of_the_run_are_told(tmp_path: Path) -> None:
    file = tmp_path / "tables.db"
    assert loaded_tables(file, "manual__1") == {}
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        for name, runs in (("recommendations", [1, 1, 2]), ("model_metrics", [1]), ("others", [2])):
            connection.execute(f"CREATE TABLE {name} (run_id text)")
            connection.executemany(f"INSERT INTO {name} VALUES (?)", [(f"manual__{run}",) for run in runs])
        connection.commit()
    assert loaded_tables(file, "manual__1") == {"model_metrics": 1, "recommendations": 2}
    assert loaded_tables(file, "manual__3") == {}
