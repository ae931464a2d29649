"""The task that loads what a model said of every record, checked against the report on the way."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow.sdk import task
from airflow.sdk.exceptions import AirflowSkipException

from penstock.errors import DataError
from penstock.prediction import PredictionReport
from penstock.tables import PREDICTIONS
from workflow.patience import refusing_what_stays_wrong
from workflow.storage import read_document
from workflow.tables.database import connect
from workflow.tables.definition import predictions
from workflow.tables.parquet import read_batches, with_constants
from workflow.tables.tasks import require_database

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow as pa

log = logging.getLogger(__name__)

NO_TABLE = "This run loads no table: its parameter table is empty."


@task(multiple_outputs=False)
def load_predictions(
    *,
    connection_id: str,
    table: str,
    key: str,
    run_id: str,
    logical_date: str,
    table_uri: str,
    report_uri: str,
    aws: dict[str, Any],
) -> dict[str, Any]:
    """Replace the table by the run's predictions in one step, until which readers see the old ones."""
    require_database(connection_id)
    if not table:
        raise AirflowSkipException(NO_TABLE)
    report = read_document(PredictionReport, report_uri, aws)
    made_by = {
        "model": report.model.qualified_name,
        "model_version": report.model.version,
        "run_id": run_id,
        "logical_date": logical_date,
    }
    checks = Checks(table=table, key=key, report=report)
    with refusing_what_stays_wrong(), connect(connection_id) as database:
        batches = (with_constants(each, made_by) for each in checks.of(read_batches(table_uri, list(PREDICTIONS), aws)))
        loaded = database.replace(predictions(table, keyed=bool(key)), batches, rows=report.records)
    log.info("%s has the %s predictions of %s now", table, f"{loaded:,}", report.model.qualified_name)
    return {"table": table, "rows": loaded, "without_prediction": report.quarantined}


@dataclass(frozen=True, kw_only=True)
class Checks:
    """What must be so of all rows together."""

    table: str
    key: str
    report: PredictionReport

    def of(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The batches; after the last one raises DataError if nulls are not the quarantined, or a key is nobody's."""
        nulls = keys = 0
        for batch in batches:
            nulls += batch.column("prediction").null_count
            keys += batch.num_rows - batch.column("record_key").null_count
            yield batch
        if nulls != self.report.quarantined:
            raise DataError(
                f"{self.table} was not replaced: {nulls:,} rows have no prediction, and the report counts "
                f"{self.report.quarantined:,}. Were the files changed after the job that wrote them?"
            )
        if self.key and not keys:
            raise DataError(
                f"{self.table} was not replaced: none of {self.report.records:,} records has the field {self.key!r}, "
                "which key names. Name one that they have, or none"
            )
