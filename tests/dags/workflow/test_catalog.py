"""Tables in moto's Glue Data Catalog."""

from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.glue_catalog import GlueCatalogHook

from penstock import tables
from penstock.documents import Table
from workflow.catalog import publish

RATINGS = Table(name="ratings", uri="s3://b/run-1/ratings", columns=tables.columns(tables.RATINGS), rows=5)
NEWER = Table(name="ratings", uri="s3://b/run-2/ratings", columns=tables.columns(tables.RATINGS), rows=6)


@pytest.fixture
def glue(aws: dict[str, Any]) -> Any:
    return GlueCatalogHook(**aws).conn


def test_a_table_is_created_with_its_database(glue: Any) -> None:
    assert publish([RATINGS], database="penstock", glue=glue) == ["s3://b/run-1/ratings"]
    table = glue.get_table(DatabaseName="penstock", Name="ratings")["Table"]
    storage = table["StorageDescriptor"]
    assert storage["Location"] == "s3://b/run-1/ratings/"
    assert [(column["Name"], column["Type"]) for column in storage["Columns"]] == list(tables.RATINGS.items())
    assert storage["SerdeInfo"]["SerializationLibrary"].endswith(".parquet.serde.ParquetHiveSerDe")
    assert (table["TableType"], table["Parameters"]["recordCount"]) == ("EXTERNAL_TABLE", "5")


def test_the_next_run_moves_the_table(glue: Any) -> None:
    publish([RATINGS], database="penstock", glue=glue)
    publish([NEWER], database="penstock", glue=glue)
    (table,) = glue.get_tables(DatabaseName="penstock")["TableList"]
    assert table["StorageDescriptor"]["Location"] == "s3://b/run-2/ratings/"
    assert table["Parameters"]["recordCount"] == "6"
