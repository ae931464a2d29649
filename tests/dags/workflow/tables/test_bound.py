"""What others have bound to a table survives its loads: views, keys, indexes, grants, triggers."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import psycopg
import pyarrow as pa
import pytest

from tests.dags.workflow.tables.conftest import Connect, open_database
from tests.dags.workflow.tables.readers import reading
from tests.dags.workflow.tables.test_replace import COUNTS, TABLE, batches, load
from workflow.tables.database import Database
from workflow.tables.postgres import Postgres

Select = Callable[[str], list[tuple[Any, ...]]]
VIEWS = (
    "CREATE VIEW best AS SELECT user_id, model_version FROM recommendations WHERE rank = 1",
    "CREATE VIEW best_of_best AS SELECT model_version, count(*) AS users FROM best GROUP BY model_version",
)
CLICKS = (
    "CREATE TABLE clicks (user_id bigint, rank integer, FOREIGN KEY (user_id, rank) "
    "REFERENCES recommendations (user_id, rank) ON DELETE CASCADE)"
)


@pytest.fixture
def loaded(database: Database, connect: Connect) -> Callable[..., None]:
    """Runs statements beside a table with two users of version a."""
    load(database, "a", users=2)

    def run(*statements: str) -> None:
        with closing(connect()) as connection:
            if isinstance(connection, sqlite3.Connection):
                connection.execute("PRAGMA foreign_keys = ON")
            for each in statements:
                connection.execute(each)

    return run


def test_views_show_the_new_rows_and_their_readers_never_less_than_all(
    loaded: Callable[..., None], database: Database, connect: Connect
) -> None:
    """Of views upon views, while tables of two sizes replace each other."""
    loaded(*VIEWS)
    sizes = {"v0": 2_000, "v1": 1_000}
    load(database, "v0", users=sizes["v0"])
    with reading(connect, "SELECT * FROM best_of_best") as seen:
        for swap in range(1, 7):
            load(database, f"v{swap % 2}", users=sizes[f"v{swap % 2}"])
    assert {len(each) for each in seen} == {1}
    assert {each[0] for each in seen} == set(sizes.items())


def test_rows_that_stay_keep_who_points_at_them_and_those_that_go_cascade(
    loaded: Callable[..., None], database: Database, select: Select
) -> None:
    loaded(CLICKS, "INSERT INTO clicks VALUES (1, 1), (1, 2), (2, 1)")
    load(database, "b", users=1)
    assert select("SELECT * FROM clicks ORDER BY rank") == [(1, 1), (1, 2)]
    with pytest.raises((psycopg.IntegrityError, sqlite3.IntegrityError), match=r"(?i)foreign key"):
        loaded("INSERT INTO clicks VALUES (2, 1)")


def test_a_row_that_others_need_is_not_taken_from_them(
    loaded: Callable[..., None], database: Database, select: Select
) -> None:
    loaded(CLICKS.replace(" ON DELETE CASCADE", ""), "INSERT INTO clicks VALUES (2, 1)")
    with pytest.raises((psycopg.IntegrityError, sqlite3.IntegrityError), match=r"(?i)foreign key"):
        load(database, "b", users=1)
    assert select(COUNTS) == [("a", 4)]
    assert load(database, "b", users=3) == 6
    assert select(COUNTS) == [("b", 6)]


def test_indexes_and_triggers_of_others_stay(connect: Connect, loaded: Callable[..., None], database: Database) -> None:
    loaded("CREATE INDEX by_item ON recommendations (item_id)", "CREATE TABLE log (user_id bigint)")
    if isinstance(database, Postgres):
        body = "BEGIN INSERT INTO log VALUES (NEW.user_id); RETURN NULL; END"
        loaded(f"CREATE FUNCTION logged() RETURNS trigger LANGUAGE plpgsql AS '{body}'")
        loaded("CREATE TRIGGER t AFTER INSERT ON recommendations FOR EACH ROW EXECUTE FUNCTION logged()")
    else:
        loaded("CREATE TRIGGER t AFTER INSERT ON recommendations BEGIN INSERT INTO log VALUES (NEW.user_id); END")
    load(database, "b", users=3)
    with closing(connect()) as connection:
        assert [tuple(each) for each in connection.execute("SELECT user_id FROM log").fetchall()] == [(3,), (3,)]
        postgres = isinstance(database, Postgres)
        named = "SELECT indexname FROM pg_indexes" if postgres else "SELECT name FROM sqlite_master"
        table, other = ("tablename", "") if postgres else ("tbl_name", " AND type = 'index'")
        found = connection.execute(f"{named} WHERE {table} = 'recommendations'{other}").fetchall()
        assert "by_item" in {name for (name,) in found}


def test_a_reader_in_a_transaction_keeps_the_old_rows_and_holds_nobody_up(database: Database, connect: Connect) -> None:
    """Nor is it held up: others see the new rows meanwhile."""
    load(database, "a", users=5)
    with closing(connect()) as reader, closing(connect()) as other:
        reader.execute("BEGIN" if isinstance(reader, sqlite3.Connection) else "BEGIN ISOLATION LEVEL REPEATABLE READ")
        assert [tuple(each) for each in reader.execute(COUNTS).fetchall()] == [("a", 10)]
        load(database, "b", users=3)
        assert [tuple(each) for each in reader.execute(COUNTS).fetchall()] == [("a", 10)]
        assert [tuple(each) for each in other.execute(COUNTS).fetchall()] == [("b", 6)]
        reader.execute("COMMIT")
        assert [tuple(each) for each in reader.execute(COUNTS).fetchall()] == [("b", 6)]


def test_who_may_read_the_table_or_a_column_may_go_on(postgres: Connect) -> None:
    with closing(postgres()) as connection:
        connection.execute('DROP ROLE IF EXISTS "web app"; CREATE ROLE "web app"')
        load(Postgres(connection), "a", users=1)
        connection.execute('GRANT SELECT (user_id, item_id) ON recommendations TO "web app"')
        connection.execute('GRANT DELETE ON recommendations TO "web app" WITH GRANT OPTION')
        load(Postgres(connection), "b", users=1)
        asked = "SELECT has_column_privilege('web app', 'recommendations', %s, 'SELECT')"
        may = [connection.execute(asked, [name]).fetchone() for name in ("user_id", "item_id", "score")]
        assert may == [(True,), (True,), (False,)]
        asked = "SELECT has_table_privilege('web app', 'recommendations', %s)"
        may = [connection.execute(asked, [what]).fetchone() for what in ("DELETE WITH GRANT OPTION", "UPDATE")]
        assert may == [(True,), (False,)]


def test_a_materialized_view_survives_and_can_be_refreshed(postgres: Connect) -> None:
    with closing(postgres()) as connection:
        load(Postgres(connection), "a", users=1)
        connection.execute(f"CREATE MATERIALIZED VIEW counts AS {COUNTS}")
        load(Postgres(connection), "b", users=3)
        assert connection.execute("SELECT * FROM counts").fetchall() == [("a", 2)]
        connection.execute("REFRESH MATERIALIZED VIEW counts")
        assert connection.execute("SELECT * FROM counts").fetchall() == [("b", 6)]


def test_values_may_be_swapped_between_rows_of_a_deferrable_unique_constraint(postgres: Connect) -> None:
    """Rows are updated one after the other; what is unique at once refuses the first of two that swap."""
    swapped = [pa.RecordBatch.from_pylist([{**row, "item_id": 2003 - row["item_id"]} for row in _rows("b")])]
    with closing(postgres()) as connection:
        database = Postgres(connection)
        database.replace(TABLE, batches("a", users=1), rows=2)
        connection.execute("ALTER TABLE recommendations ADD CONSTRAINT once UNIQUE (user_id, item_id)")
        with pytest.raises(psycopg.errors.UniqueViolation, match='unique constraint "once"'):
            database.replace(TABLE, swapped, rows=2)
        assert connection.execute(COUNTS).fetchall() == [("a", 2)]
        connection.execute("ALTER TABLE recommendations DROP CONSTRAINT once")
        connection.execute("ALTER TABLE recommendations ADD CONSTRAINT once UNIQUE (user_id, item_id) DEFERRABLE")
        database.replace(TABLE, swapped, rows=2)
        assert connection.execute("SELECT rank, item_id FROM recommendations ORDER BY rank").fetchall() == [
            (1, 1002),
            (2, 1001),
        ]


def _rows(version: str) -> list[dict[str, Any]]:
    """Of one user."""
    (batch,) = batches(version, users=1)
    return list(batch.to_pylist())


def test_each_load_frees_the_room_of_the_rows_that_it_replaced(postgres: Connect) -> None:
    counted = "SELECT vacuum_count FROM pg_stat_user_tables WHERE relname = 'recommendations'"
    with closing(postgres()) as connection:
        for number, version in enumerate("ab", start=1):
            load(Postgres(connection), version, users=100)
            assert connection.execute(counted).fetchone() == (number,)


def test_a_writer_who_does_not_end_fails_the_load_in_words(postgres: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.tables.postgres.LOCK_SECONDS", 1)
    with closing(postgres()) as connection, closing(postgres()) as writer:
        load(Postgres(connection), "a", users=1)
        writer.execute("BEGIN; UPDATE recommendations SET score = 0")
        with pytest.raises(TimeoutError, match="recommendations was not replaced: another transaction has been writ"):
            load(Postgres(connection), "b", users=3)
        writer.execute("ROLLBACK")
        assert load(Postgres(connection), "b", users=3) == 6


def test_sqlite_lets_others_write_while_rows_arrive(sqlite: Connect) -> None:
    """The file is locked for the swap alone, and its log is written ahead."""
    with closing(sqlite()) as connection, closing(sqlite()) as other:
        database = open_database(connection)
        load(database, "a", users=1)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        other.execute("CREATE TABLE clicks (user_id bigint)")

        def meanwhile() -> Any:
            other.execute("PRAGMA busy_timeout = 0")
            for batch in batches("b", users=1500):
                other.execute("INSERT INTO clicks VALUES (1)")
                yield batch

        assert database.replace(TABLE, meanwhile(), rows=3000) == 3000
        assert other.execute("SELECT count(*) FROM clicks").fetchone() == (3,)
        assert other.execute(COUNTS).fetchall() == [("b", 3000)]
