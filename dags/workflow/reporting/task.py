"""The task that writes the report of its own run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.sdk import get_current_context, task

from penstock.layout import Run, split_uri
from penstock.run_report import FAILED, RunReport
from workflow.deployed import RETRIES
from workflow.reporting.collect import collect
from workflow.reporting.timings import timings
from workflow.storage import write_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from penstock.run_report import TaskTiming


@task(task_id="write_report", trigger_rule="all_done", multiple_outputs=False)
def write_report(*, run_uri: str, models: list[str], aws: dict[str, Any]) -> str:
    """Write the page and then its JSON twin; returns where the page lies. `run_uri` is `Run.uri`, as a template.

    It runs whatever happened before it. In a DAG it stands last, `.as_teardown()`: as a plain task it would be a leaf
    that succeeds after every failure, and Airflow would call the failed run a success.
    """
    return publish(get_current_context(), Run(run_uri), models, aws)


def publish(context: Mapping[str, Any], run: Run, models: list[str], aws: dict[str, Any]) -> str:
    """Write the report of all that is known by now, over an earlier one; returns where the page lies."""
    from workflow.reporting.page import render  # noqa: PLC0415 - parsing a DAG needs neither Jinja's nor its pages

    report = describe(context, run, models, aws)
    _store(render(report), run.report_page, aws)
    write_document(report, run.report_json, aws)
    return run.report_page


def describe(context: Mapping[str, Any], run: Run, models: list[str], aws: dict[str, Any]) -> RunReport:
    """Everything about the run whose task this is."""
    this = context["dag_run"]
    began: datetime | None = this.start_date
    tasks = timings(this.dag_id, this.run_id, began=began, logical=this.logical_date)
    return RunReport(
        dag_id=this.dag_id,
        run_id=this.run_id,
        run_uri=run.uri,
        state=state_of(context["dag"].tasks, tasks, this=context["ti"].task_id),
        started=began.astimezone(UTC).isoformat(timespec="seconds") if began else "",
        seconds=round((datetime.now(UTC) - began).total_seconds(), 3) if began else 0.0,
        params=dict(context["params"]),
        conf=dict(this.conf or {}),
        tasks=tasks,
        **collect(run, models, aws),
    )


def state_of(known: Iterable[Any], ended: Sequence[TaskTiming], *, this: str) -> str:
    """What will become of the run, as far as one can tell while the task `this` runs.

    A teardown's failure is not the run's, unless it was made with `on_failure_fail_dagrun`.
    """
    harmless = {each.task_id for each in known if each.is_teardown and not each.on_failure_fail_dagrun}
    over = {each.task_id.partition("[")[0] for each in ended}
    if any(each.state in FAILED and each.task_id not in harmless for each in ended):
        return "failed"
    return "success" if {each.task_id for each in known} <= {*over, this} else "running"


def _store(page: str, uri: str, aws: dict[str, Any]) -> None:
    """Store with the type that makes a browser show it."""
    bucket, key = split_uri(uri)
    s3 = S3Hook(**aws, config=RETRIES).get_conn()
    s3.put_object(Bucket=bucket, Key=key, Body=page.encode(), ContentType="text/html; charset=utf-8")
