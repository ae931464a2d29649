"""The tasks that load application tables; without a database in the deployment they are skipped, and say so."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from airflow.sdk import task
from airflow.sdk.exceptions import AirflowSkipException

from penstock.scoring import ScoreReport
from workflow.patience import refusing_what_stays_wrong
from workflow.storage import read_document, read_evidence
from workflow.tables.database import connect
from workflow.tables.definition import MODEL_METRICS, Row, recommendations
from workflow.tables.parquet import read_batches, with_constants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow.sdk import XComArg

    from workflow.evidence import Evidence
    from workflow.flow import Flow
    from workflow.models import Sources

log = logging.getLogger(__name__)

SCORES = ("user_id", "item_id", "rank", "score")
NO_DATABASE = "This deployment names no database: put the id of an Airflow connection into its sql_conn_id to have one."


def keep_metrics(flow: Flow[Any], sources: Sources) -> XComArg:
    """The task that adds a model's metrics to the history, whatever the gate will say of it."""
    return record_metrics(
        connection_id=flow.deployment.sql_conn_id,
        model=sources.model,
        dag_id=flow.dag_id,
        run_id="{{ run_id }}",
        trained_uri=sources.trained,
        judged_uri=sources.judged,
        aws=flow.aws,
    )


@task(multiple_outputs=False)
def load_recommendations(
    *, connection_id: str, table: str, run_id: str, report_uri: str, version: str, aws: dict[str, Any]
) -> dict[str, Any]:
    """Replace the table by the run's scores in one step, until which readers see the old one; a retry begins anew."""
    require_database(connection_id)
    report = read_document(ScoreReport, report_uri, aws)
    made_by = {"model_version": version, "run_id": run_id}
    with refusing_what_stays_wrong(), connect(connection_id) as database:
        rows = (with_constants(batch, made_by) for batch in read_batches(report.table.uri, SCORES, aws))
        loaded = database.replace(recommendations(table), rows, rows=report.table.rows)
    log.info("%s has %s rows of version %s now, as many as %s", table, f"{loaded:,}", version, report.table.uri)
    return {"table": table, "rows": loaded}


@task(multiple_outputs=False)
def record_metrics(
    *, connection_id: str, model: str, dag_id: str, run_id: str, trained_uri: str, judged_uri: str, aws: dict[str, Any]
) -> dict[str, Any]:
    """One row for each metric of challenger, champion and baselines; a retry writes the same rows again."""
    require_database(connection_id)
    evidence = read_evidence(trained_uri, judged_uri, aws)
    rows = list(metric_rows(evidence, dag_id=dag_id, run_id=run_id, model=model))
    with refusing_what_stays_wrong(), connect(connection_id) as database:
        database.upsert(MODEL_METRICS, rows)
    log.info("%s has %d rows of this run's %s", MODEL_METRICS.name, len(rows), model)
    return {"table": MODEL_METRICS.name, "rows": len(rows)}


def require_database(connection_id: str) -> None:
    """Skip the task where there is none."""
    if not connection_id:
        raise AirflowSkipException(NO_DATABASE)


def metric_rows(evidence: Evidence, *, dag_id: str, run_id: str, model: str) -> Iterator[Row]:
    """Rows of `MODEL_METRICS`; a metric that is undefined has a null."""
    contenders = {"challenger": evidence.challenger, "champion": evidence.champion or {}, **evidence.baselines}
    for contender, metrics in contenders.items():
        for metric, value in metrics.items():
            yield (dag_id, run_id, model, contender, evidence.held_out, metric, value, evidence.version)
