"""The two tasks of housekeeping."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
from airflow.sdk import get_current_context, task
from airflow.sdk.exceptions import AirflowException, AirflowSkipException

from penstock.layout import run_key, split_uri
from workflow import registry
from workflow.housekeeping.form import When
from workflow.housekeeping.judgement import Policy
from workflow.housekeeping.reaper import TERMINATED, Reaper, cost_of
from workflow.housekeeping.retention import Limits, Retention
from workflow.housekeeping.runs import may_be_live, status_of
from workflow.housekeeping.tables import clusters_table, retention_table
from workflow.housekeeping.termination import Patience
from workflow.notifications import notify
from workflow.storage import write_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import XComArg

    from penstock.documents import Document
    from penstock.housekeeping import HousekeepingReport, RetentionReport
    from workflow.housekeeping.house import House

log = logging.getLogger(__name__)


def reap_clusters(house: House) -> XComArg:
    """End the clusters that outlived their run."""
    timeout = timedelta(minutes=house.spec.timeouts.reap)

    @task(task_id="reap_clusters", multiple_outputs=False, execution_timeout=timeout)
    def reap() -> str:
        return _reap(house)

    return reap()


def remove_expired(house: House) -> XComArg:
    """Remove old runs, logs and model versions once a day."""
    timeout = timedelta(minutes=house.spec.timeouts.retention)

    @task(task_id="remove_expired", multiple_outputs=False, execution_timeout=timeout)
    def remove() -> str:
        return _remove(house)

    return remove()


def _reap(house: House) -> str:
    """Where the report lies; fails with a sentence for each cluster that could not be judged or ended."""
    context: Any = get_current_context()
    params, emr = context["params"], _client(house, "emr")
    reaper = Reaper(
        policy=Policy(
            grace=timedelta(minutes=params["grace_minutes"]), max_age=timedelta(hours=params["max_age_hours"])
        ),
        patience=Patience(seconds=house.spec.reaper.confirm_minutes * 60, poll_seconds=house.deployment.poll_seconds),
        status_of=status_of,
        cost_of=partial(cost_of, emr, aws=house.aws),
        dry_run=params["dry_run"],
    )
    report = reaper.reap(emr, house.deployment.name, datetime.now(UTC))
    uri = house.deployment.layout.housekeeping_report(run_key(context["run_id"]))
    _record(report, uri, clusters_table(report), house)
    _tell(report, house)
    _fail_for(report.problems)
    return uri


def _tell(report: HousekeepingReport, house: House) -> None:
    if reaped := [each for each in report.clusters if each.action == TERMINATED]:
        count = f"{len(reaped)} cluster{'s' * (len(reaped) > 1)}"
        notify(house.deployment, f"{house.deployment.name}: reaped {count}", clusters_table(report))


def _remove(house: House) -> str:
    """Where the report lies; the day's report means that the day's retention is done, whatever came of it."""
    context: Any = get_current_context()
    params, layout = context["params"], house.deployment.layout
    day = layout.retention_report(f"{context['dag_run'].run_after.astimezone(UTC):%Y-%m-%d}")
    if params["retention"] == When.NEVER or (params["retention"] == When.WHEN_DUE and _exists(day, house)):
        raise AirflowSkipException(f"Retention is not due: {day} is there, or the run was told not to look")
    report = _tidy(house, params)
    uri = layout.retention_preview(run_key(context["run_id"])) if report.dry_run else day
    _record(report, uri, retention_table(report), house)
    _fail_for(report.problems)
    return uri


def _tidy(house: House, params: dict[str, Any]) -> RetentionReport:
    limits = Limits(
        runs_days=params["runs_days"],
        logs_days=params["logs_days"],
        reports_days=house.spec.retention.reports_days,
        versions=params["versions"],
    )
    return Retention(
        s3=_client(house, "s3"),
        glue=_client(house, "glue"),
        mlflow=registry.client(house.deployment.mlflow_tracking_uri),
        layout=house.deployment.layout,
        glue_database=house.deployment.glue_database,
        limits=limits,
        may_be_live=may_be_live,
        now=datetime.now(UTC),
        dry_run=params["dry_run"],
    ).tidy()


def _record(report: Document, uri: str, table: str, house: House) -> None:
    write_document(report, uri, house.aws)
    log.info("%s:\n%s", uri, table)


def _fail_for(problems: Sequence[str]) -> None:
    if problems:
        raise AirflowException("\n".join(problems))


def _exists(uri: str, house: House) -> bool:
    bucket, key = split_uri(uri)
    found = _client(house, "s3").list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)
    return bool(found.get("KeyCount"))


def _client(house: House, service: str) -> Any:
    return AwsBaseHook(client_type=service, **house.aws).get_conn()
