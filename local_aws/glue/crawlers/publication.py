"""Tables that were found go into the Data Catalog, by the crawler's SchemaChangePolicy."""

from typing import Any

from moto.core.utils import utcnow
from moto.glue.exceptions import DatabaseNotFoundException, TableNotFoundException

from local_aws.glue.crawlers.crawler import Crawl, Crawler
from local_aws.glue.crawlers.tables import Found


class Publication:
    """Writes one crawl's findings and counts what it did."""

    def __init__(self, backend: Any, crawler: Crawler, crawl: Crawl) -> None:
        self._backend = backend
        self._crawler = crawler
        self._counts = crawl.counts
        policy = crawler.schema_change_policy or {}
        self._on_update = policy.get("UpdateBehavior", "UPDATE_IN_DATABASE")
        self._on_delete = policy.get("DeleteBehavior", "DEPRECATE_IN_DATABASE")

    def publish(self, found: list[Found]) -> None:
        """Create and update tables and partitions; deal with earlier tables of the crawler that are gone."""
        database = self._crawler.database_name
        try:
            self._backend.get_database(database)
        except DatabaseNotFoundException:
            self._backend.create_database(database, {"Name": database})
        for table in found:
            self._put(database, table)
        self._retire(database, {table.definition["Name"] for table in found})

    def _put(self, database: str, found: Found) -> None:
        name = found.definition["Name"]
        try:
            known = self._backend.get_table(database, name).as_dict()
        except TableNotFoundException:
            self._backend.create_table(database, name, found.definition)
            self._counts["TablesCreated"] += 1
        else:
            if self._on_update == "UPDATE_IN_DATABASE" and _shape(known) != _shape(found.definition):
                self._backend.update_table(database, name, found.definition)
                self._counts["TablesUpdated"] += 1
        self._backend.batch_create_partition(database, name, found.partitions)

    def _retire(self, database: str, names: set[str]) -> None:
        for table in list(self._backend.get_tables(database, None)):
            known = table.as_dict()
            owner = (known.get("Parameters") or {}).get("UPDATED_BY_CRAWLER")
            if table.name in names or owner != self._crawler.name or self._on_delete == "LOG":
                continue
            if self._on_delete == "DELETE_FROM_DATABASE":
                self._backend.delete_table(database, table.name)
            else:
                stamp = {"DEPRECATED_BY_CRAWLER": str(int(utcnow().timestamp() * 1000))}
                current = table.get_version(known["VersionId"])
                table.update({**current, "Parameters": {**known["Parameters"], **stamp}})
            self._counts["TablesDeleted"] += 1


def _shape(table: dict[str, Any]) -> tuple[Any, ...]:
    storage = table["StorageDescriptor"]
    return (storage["Columns"], storage.get("Location"), table.get("PartitionKeys"), table.get("Parameters"))
