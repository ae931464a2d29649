"""Glue's jobs, runs, crawlers and Data Catalog outlive the server: each is written when it has changed."""

import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from local_aws.documents import Documents, Name, Scope
from local_aws.glue.snapshots import KINDS

if TYPE_CHECKING:
    from local_aws.glue.backend import ExecutingGlueBackend

READING = ("Get", "BatchGet", "List", "Search", "Query", "Check")
log = logging.getLogger(__name__)


class Persistence:
    """Writes down what one back end holds."""

    def __init__(self, backend: "ExecutingGlueBackend", documents: Documents) -> None:
        self._backend = backend
        self._documents = documents
        self._scope = Scope(account=backend.account_id, region=backend.region_name)

    def save(self, kind: str, *name: str) -> None:
        """Write a thing as it is now, or that it is gone."""
        self._documents.keep(self._scope, kind, name, lambda: KINDS[kind].describe(self._backend, name))

    def save_database(self, database: str) -> None:
        """Write a database and all of its tables."""
        self.save("glue-database", database)
        found = self._backend.databases.get(database)
        stored = {name[1] for name in self._documents.names(self._scope, "glue-table") if name[0] == database}
        for table in stored | set(found.tables if found else ()):
            self.save("glue-table", database, table)

    def after(self, action: str, asked: Mapping[str, Any]) -> None:
        """Write what a request has changed."""
        if action.startswith(READING):
            return
        for kind, name in touched(action, asked):
            self.save(kind, *name)
        if "Delete" in action:
            self.drop_missing()

    def drop_missing(self) -> None:
        """Delete the documents of what is not there any more."""
        for kind, functions in KINDS.items():
            for name in self._documents.names(self._scope, kind):
                if functions.describe(self._backend, name) is None:
                    self.save(kind, *name)


def touched(action: str, asked: Mapping[str, Any]) -> Iterator[tuple[str, Name]]:
    """Yield the kind and the name of each thing that a request may have changed."""
    if "Tag" in action and "ResourceArn" in asked:
        kind, _, name = asked["ResourceArn"].rpartition(":")[2].partition("/")
        if f"glue-{kind}" in KINDS:
            yield f"glue-{kind}", (name,)
    elif "Crawler" in action and "Name" in asked:
        yield "glue-crawler", (asked["Name"],)
    elif "Job" in action and ("JobName" in asked or "Name" in asked):
        yield "glue-job", (asked.get("JobName") or asked["Name"],)
    elif "Database" in action:
        yield "glue-database", (asked.get("Name") or asked["DatabaseInput"]["Name"],)
    elif "DatabaseName" in asked:
        table = asked.get("TableName") or asked.get("Name") or asked.get("TableInput", {}).get("Name")
        if table:
            yield "glue-table", (asked["DatabaseName"], table)


def restore(documents: Documents, backends: Any) -> None:
    """Make everything of earlier servers again; what cannot be made is said in the log and left out."""
    for kind, functions in KINDS.items():
        for found in documents.all(kind):
            backend = backends[found.scope.account][found.scope.region]
            try:
                functions.restore(backend, found.name, found.value)
            except Exception:
                log.exception("%s %s is not known any more", kind, "/".join(found.name))
    for found in documents.all("glue-job-run"):
        backends[found.scope.account][found.scope.region].persistence.save("glue-job-run", *found.name)
