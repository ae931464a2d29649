"""The database behind an Airflow connection."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException

from penstock.errors import DeploymentError
from workflow.tables.postgres import Postgres
from workflow.tables.sqlite import Sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pyarrow as pa

    from workflow.tables.definition import Row, SqlTable


class Database(Protocol):
    """What a load needs of a database."""

    def replace(self, table: SqlTable, batches: Iterable[pa.RecordBatch], *, rows: int) -> int:
        """Put new rows in the place of all others; raises DataError and changes nothing if they are not `rows`."""
        ...

    def upsert(self, table: SqlTable, rows: Iterable[Row]) -> None:
        """Write rows by their key, in one transaction; the table is made if it is not there."""
        ...


KINDS: dict[str, Callable[[Any], Database]] = {"postgres": Postgres, "sqlite": Sqlite}
"""By the type of the connection."""


@contextmanager
def connect(connection_id: str) -> Iterator[Database]:
    """The database, as long as it is used; raises DeploymentError for a connection that is missing or of another type.

    The provider's hooks connect: extras such as `sslmode` or `iam` are theirs to know.
    """
    try:
        kind = BaseHook.get_connection(connection_id).conn_type
    except AirflowNotFoundException as error:
        raise DeploymentError(
            f"sql_conn_id names the Airflow connection {connection_id!r}, which does not exist. Add it, of type "
            f"{' or '.join(KINDS)}, or leave sql_conn_id empty in the deployment"
        ) from error
    if kind not in KINDS:
        raise DeploymentError(f"connection {connection_id!r} is of type {kind!r}; expected {' or '.join(KINDS)}")
    hook: Any = BaseHook.get_hook(connection_id)
    with closing(hook.get_conn()) as connection:
        yield KINDS[kind](connection)
