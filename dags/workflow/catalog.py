"""Parquet tables in the Glue Data Catalog, so that Athena, Spark and the console find a run's tables by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.hooks.glue_catalog import GlueCatalogHook
from airflow.sdk import get_current_context, task

from penstock.documents import DataReport, Table
from penstock.scoring import ScoreReport
from penstock.streaming import StreamReport
from workflow.storage import read_document

if TYPE_CHECKING:
    from airflow.sdk import Asset, XComArg

    from workflow.flow import Flow

PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
}


def clean_tables(flow: Flow[Any], asset: Asset) -> XComArg:
    """The task that catalogues the clean tables of a run."""
    return catalogue_tables.override(outlets=[asset])(
        report_uri=flow.run.data_report, database=flow.deployment.glue_database, aws=flow.aws, asset=asset
    )


@task(multiple_outputs=False)
def catalogue_tables(*, report_uri: str, database: str, aws: dict[str, Any], asset: Asset) -> list[str]:
    """Catalogue the clean tables of the data report."""
    return _publish(read_document(DataReport, report_uri, aws).tables, database, aws, asset)


@task(multiple_outputs=False)
def catalogue_scores(*, report_uri: str, database: str, aws: dict[str, Any], asset: Asset) -> list[str]:
    """Catalogue the scores of the score report."""
    return _publish([read_document(ScoreReport, report_uri, aws).table], database, aws, asset)


@task(multiple_outputs=False)
def catalogue_stream(*, report_uri: str, database: str, aws: dict[str, Any], asset: Asset) -> list[str]:
    """Catalogue the tables of a stream, by the report of its latest run."""
    return _publish(read_document(StreamReport, report_uri, aws).tables, database, aws, asset)


def publish(tables: list[Table], *, database: str, glue: Any) -> list[str]:
    """Create or update each table by a boto3 Glue client; returns their locations."""
    _create(glue, "create_database", DatabaseInput={"Name": database})
    for table in tables:
        request = {"DatabaseName": database, "TableInput": table_input(table)}
        if not _create(glue, "create_table", **request):
            glue.update_table(**request)
    return [table.uri for table in tables]


def table_input(table: Table) -> dict[str, Any]:
    """The TableInput of an external Parquet table; the names are the ones that Glue's crawlers write."""
    columns = [{"Name": column.name, "Type": column.type} for column in table.columns]
    return {
        "Name": table.name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE", "classification": "parquet", "recordCount": str(table.rows)},
        "StorageDescriptor": {"Location": f"{table.uri.rstrip('/')}/", "Columns": columns, **PARQUET},
    }


def _create(glue: Any, operation: str, **request: Any) -> bool:
    """Whether it was created; False if it was there."""
    try:
        getattr(glue, operation)(**request)
    except glue.exceptions.AlreadyExistsException:
        return False
    return True


def _publish(tables: list[Table], database: str, aws: dict[str, Any], asset: Asset) -> list[str]:
    hook = GlueCatalogHook(**aws)  # type: ignore[no-untyped-call]
    locations = publish(tables, database=database, glue=hook.conn)
    get_current_context()["outlet_events"][asset].extra = {table.name: table.uri for table in tables}
    return locations
