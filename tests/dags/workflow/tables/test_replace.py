"""Loads that replace a table: on both databases, beside readers, and killed half-way."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from penstock.errors import DataError
from tests.dags.workflow.tables.conftest import Connect, open_database
from tests.dags.workflow.tables.readers import reading
from workflow.tables.database import Database
from workflow.tables.definition import SqlTable, recommendations
from workflow.tables.postgres import Postgres

Select = Callable[[str], list[tuple[Any, ...]]]
TABLE = recommendations("recommendations")
COUNTS = "SELECT model_version, count(*) FROM recommendations GROUP BY model_version"


def batches(version: str, *, users: int, k: int = 2, batch_users: int = 500) -> Iterator[pa.RecordBatch]:
    """Top-k lists of users 1.., as the scores have them."""
    for first in range(1, users + 1, batch_users):
        pairs = [(u, r) for u in range(first, min(first + batch_users, users + 1)) for r in range(1, k + 1)]
        columns = {
            "user_id": pa.array([u for u, _ in pairs], pa.int32()),
            "item_id": pa.array([1000 + r for _, r in pairs], pa.int32()),
            "rank": pa.array([r for _, r in pairs], pa.int32()),
            "score": pa.array([1 / (1 + r) for _, r in pairs], pa.float32()),
            "model_version": pa.array([version] * len(pairs)),
            "run_id": pa.array([f"manual__{version}"] * len(pairs)),
        }
        yield pa.record_batch(columns)


def load(database: Database, version: str, *, users: int, rows: int | None = None) -> int:
    expected = users * 2 if rows is None else rows
    return database.replace(TABLE, batches(version, users=users), rows=expected)


def test_the_rows_are_those_of_the_batches(database: Database, select: Select) -> None:
    assert load(database, "a", users=2) == 4
    assert select("SELECT * FROM recommendations ORDER BY user_id, rank") == [
        (1, 1001, 1, pytest.approx(0.5), "a", "manual__a"),
        (1, 1002, 2, pytest.approx(1 / 3), "a", "manual__a"),
        (2, 1001, 1, pytest.approx(0.5), "a", "manual__a"),
        (2, 1002, 2, pytest.approx(1 / 3), "a", "manual__a"),
    ]


def test_a_later_load_replaces_all_of_it(database: Database, select: Select) -> None:
    load(database, "a", users=700)
    assert load(database, "b", users=3) == 6
    assert select(COUNTS) == [("b", 6)]


def test_the_same_run_loads_again(database: Database, select: Select) -> None:
    for _ in range(3):
        load(database, "a", users=3)
    assert select(COUNTS) == [("a", 6)]


def test_no_scores_at_all_make_an_empty_table(database: Database, select: Select) -> None:
    assert load(database, "a", users=0) == 0
    assert select("SELECT count(*) FROM recommendations") == [(0,)]


@pytest.mark.parametrize("rows", [5, 7])
def test_other_counts_than_the_reports_change_nothing(database: Database, select: Select, rows: int) -> None:
    load(database, "a", users=1)
    with pytest.raises(
        DataError, match=f"recommendations was not replaced: 6 rows were loaded, and the report counts {rows}"
    ):
        load(database, "b", users=3, rows=rows)
    assert select(COUNTS) == [("a", 2)]
    assert load(database, "b", users=3) == 6


def test_a_table_of_others_is_left_alone(database: Database, connect: Connect, select: Select) -> None:
    with closing(connect()) as connection:
        connection.execute("CREATE TABLE recommendations (user_id integer, film text)")
        connection.execute("INSERT INTO recommendations VALUES (1, 'Alien')")
    with pytest.raises(
        DataError, match="it is another table: it has the columns user_id, film; expected user_id, item"
    ):
        load(database, "a", users=3)
    assert select("SELECT * FROM recommendations") == [(1, "Alien")]


def test_two_rows_of_one_rank_are_refused(database: Database, select: Select) -> None:
    load(database, "a", users=1)
    twice = [*batches("b", users=2), *batches("b", users=2)]
    with pytest.raises(Exception, match=r"(?i)unique"):
        database.replace(TABLE, twice, rows=8)
    assert select(COUNTS) == [("a", 2)]


def test_readers_see_one_whole_version_at_every_moment(database: Database, connect: Connect) -> None:
    """While tables of different sizes replace each other, nobody sees another size, or none."""
    sizes = {"v0": 4_000, "v1": 2_000}
    load(database, "v0", users=2_000)
    with reading(connect, COUNTS) as seen:
        for swap in range(1, 9):
            load(database, f"v{swap % 2}", users=sizes[f"v{swap % 2}"] // 2)
    assert {len(each) for each in seen} == {1}
    assert {each[0] for each in seen} == set(sizes.items())


KILLED = """
import os, sys, time
sys.path[:0] = {path!r}
from tests.dags.workflow.tables.conftest import open_database
from tests.dags.workflow.tables.test_replace import TABLE, batches
def slow():
    for number, batch in enumerate(batches("killed", users=3000)):
        if number == 4:
            print("half", flush=True)
            time.sleep(60)
        yield batch
import psycopg, sqlite3
connection = {connection}
open_database(connection).replace(TABLE, slow(), rows=6000)
"""


@pytest.mark.parametrize("kind", ["postgres", "sqlite"])
def test_a_kill_in_the_middle_leaves_the_old_table_and_nothing_else(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    connect: Connect = request.getfixturevalue(kind)
    with closing(connect()) as connection:
        load(open_database(connection), "a", users=5)
    _kill_half_way(_opened(kind, request, tmp_path))
    with closing(connect()) as connection:
        _wait_until_forgotten(connection, kind)
        assert [tuple(each) for each in connection.execute(COUNTS).fetchall()] == [("a", 10)]
        assert _tables(connection, kind) == ["recommendations"]
        assert load(open_database(connection), "killed", users=3) == 6


def test_a_second_load_of_the_table_is_told_to_come_back(postgres: Connect) -> None:
    with closing(postgres()) as connection, closing(postgres()) as other:

        def meanwhile() -> Iterator[pa.RecordBatch]:
            with pytest.raises(TimeoutError, match="recommendations is being loaded by another run just now"):
                load(Postgres(other), "b", users=3)
            yield from batches("a", users=2)

        assert Postgres(connection).replace(TABLE, meanwhile(), rows=4) == 4


def test_null_and_quotes_arrive_as_they_are(database: Database, select: Select) -> None:
    table = SqlTable(name="texts", columns={"id": "integer", "value": "text"}, key=("id",))
    values = ["", None, 'a "quoted", text', "two\nlines", "\\N", "Amélie"]
    batch = pa.record_batch({"id": pa.array(range(len(values)), pa.int32()), "value": pa.array(values)})
    database.replace(table, [batch], rows=len(values))
    assert [value for (value,) in select("SELECT value FROM texts ORDER BY id")] == values


def _opened(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    if kind == "sqlite":
        return f"sqlite3.connect({str(folder / 'tables.db')!r})"
    return f"psycopg.connect({request.getfixturevalue('postgres_uri')!r})"


def _kill_half_way(connection: str) -> None:
    code = KILLED.format(path=[each for each in sys.path if each], connection=connection)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env={**os.environ})
    assert process.stdout
    assert process.stdout.readline() == "half\n"
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=10)
    process.stdout.close()


def _wait_until_forgotten(connection: Any, kind: str) -> None:
    """PostgreSQL notices a moment later that its client is gone."""
    if kind == "sqlite":
        return
    deadline = time.monotonic() + 10
    others = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    while connection.execute(others).fetchone() != (0,) and time.monotonic() < deadline:
        time.sleep(0.05)


def _tables(connection: Any, kind: str) -> list[str]:
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
        "postgres": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    }[kind]
    return sorted(name for (name,) in connection.execute(query).fetchall())
