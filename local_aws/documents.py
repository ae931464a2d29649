"""What outlives the server beside objects and clusters: JSON documents in one SQLite file.

Each write is a transaction of its own, so that a server that is killed loses none that was answered.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

TABLE = """
CREATE TABLE IF NOT EXISTS documents (
    kind TEXT, account TEXT, region TEXT, name TEXT, value TEXT, PRIMARY KEY (kind, account, region, name)
)
"""
WRITE = """
INSERT INTO documents VALUES (?, ?, ?, ?, ?)
ON CONFLICT (kind, account, region, name) DO UPDATE SET value = excluded.value
"""
OF_SCOPE = "kind = ? AND account = ? AND region = ?"
TIME = "$time"
Name = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Whose documents: those of one account in one region."""

    account: str
    region: str


@dataclass(frozen=True, kw_only=True)
class Document:
    """One document; times in it are ``datetime``."""

    scope: Scope
    name: Name
    value: dict[str, Any]


class Documents:
    """The file; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._closed = False
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.execute(TABLE)

    def keep(self, scope: Scope, kind: str, name: Name, describe: Callable[[], dict[str, Any] | None]) -> None:
        """Write what ``describe`` returns, or delete the document if it returns nothing.

        It is called when its turn has come, so that of two changes at once the later one is what is written. Nothing
        happens any more once the file is closed.
        """
        with self._lock:
            if self._closed:
                return
            value = describe()
            key = (kind, scope.account, scope.region, json.dumps(name))
            if value is None:
                self._database.execute(f"DELETE FROM documents WHERE {OF_SCOPE} AND name = ?", key)  # noqa: S608
            else:
                self._database.execute(WRITE, (*key, json.dumps(value, default=_encode)))

    def names(self, scope: Scope, kind: str) -> list[Name]:
        """Return the names of the documents of a kind, the oldest first."""
        query = f"SELECT name FROM documents WHERE {OF_SCOPE} ORDER BY rowid"  # noqa: S608 - no part comes from outside
        with self._lock:
            return [tuple(json.loads(name)) for (name,) in self._database.execute(query, (kind, *_parts(scope)))]

    def all(self, kind: str) -> Iterator[Document]:
        """Yield every document of a kind, the oldest first."""
        query = "SELECT account, region, name, value FROM documents WHERE kind = ? ORDER BY rowid"
        with self._lock:
            rows = self._database.execute(query, (kind,)).fetchall()
        for account, region, name, value in rows:
            scope = Scope(account=account, region=region)
            yield Document(scope=scope, name=tuple(json.loads(name)), value=json.loads(value, object_hook=_decode))

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._closed = True
            self._database.close()


def _parts(scope: Scope) -> tuple[str, str]:
    return scope.account, scope.region


def _encode(value: Any) -> Any:
    if isinstance(value, datetime):
        return {TIME: value.isoformat()}
    raise TypeError(f"{type(value).__name__} is not a value of a document: {value!r}")


def _decode(value: dict[str, Any]) -> Any:
    return datetime.fromisoformat(value[TIME]) if value.keys() == {TIME} else value
