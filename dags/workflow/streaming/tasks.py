"""The tasks of a workflow that counts events of a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset, chain

from penstock.jobs import StreamArgs, StreamSource
from workflow import catalog
from workflow.compute.choice import on_compute, run_job
from workflow.form import param
from workflow.reporting.task import write_report

if TYPE_CHECKING:
    from airflow.sdk import XComArg

    from workflow.operators.serverless import SparkJobRunOperator
    from workflow.operators.step import SparkStepOperator
    from workflow.streaming.flow import StreamFlow


def count_stream(flow: StreamFlow) -> None:
    """All of it: take events, catalogue the tables, report; the cluster ends."""
    counted, catalogued = count_events(flow), catalogue_counts(flow)
    measured = on_compute(flow, after=[], first=[counted], last=[counted])
    written = write_report(run_uri=flow.run.uri, models=[], aws=flow.aws)
    written.as_teardown()  # as a plain task it would be a leaf that succeeds, and hide every failure before it
    chain(counted, catalogued)
    chain([*measured, catalogued], written)


def count_events(flow: StreamFlow) -> SparkStepOperator | SparkJobRunOperator:
    """Events by action and window; a try that is killed at any moment is made up for by the next."""
    return run_job(flow, "count_events", stream_args(flow), label=flow.dag_id, minutes=flow.spec.timeouts.stream)


def catalogue_counts(flow: StreamFlow) -> XComArg:
    """Closed windows, open windows and quarantine into the Data Catalog."""
    asset = Asset(f"{flow.dag_id}.counts")
    return catalog.catalogue_stream.override(outlets=[asset])(
        report_uri=flow.run.stream_report, database=flow.deployment.glue_database, aws=flow.aws, asset=asset
    )


def stream_args(flow: StreamFlow) -> StreamArgs:
    """The job's arguments, as templates."""
    windows = flow.spec.windows
    return StreamArgs(
        **_source(flow),
        trigger=param("trigger"),
        interval_seconds=param("interval_seconds"),
        run_minutes=param("run_minutes"),
        window_minutes=windows.minutes,
        watermark_minutes=param("watermark_minutes"),
        max_ahead_minutes=windows.max_ahead_minutes,
        stream_uri=flow.stream.uri,
        run_id="{{ run_id }}",
        report_uri=flow.run.stream_report,
        code_sha=flow.deployment.code_sha,
    )


def _source(flow: StreamFlow) -> dict[str, Any]:
    source, region = flow.spec.source, flow.deployment.region
    if source.kind is StreamSource.FILES:
        return {
            "source": source.kind.value,
            "events_uri": param("raw_uri"),
            "files_per_batch": source.files_per_batch,
        }
    return {
        "source": source.kind.value,
        "kinesis_stream": source.stream,
        "kinesis_endpoint": source.endpoint or f"https://kinesis.{region}.amazonaws.com",
        "kinesis_region": region,
        "kinesis_start": source.start,
        "kinesis_consumer": source.consumer.value,
    }
