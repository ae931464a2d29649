"""The tasks of batch prediction: wait for records, ask the model for each."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor
from airflow.sdk import chain

from penstock.jobs import PredictArgs
from penstock.layout import PACKAGES
from workflow.compute.choice import on_compute, run_job
from workflow.form import param
from workflow.reporting.task import write_report
from workflow.tables.load_predictions import load_predictions

if TYPE_CHECKING:
    from airflow.sdk import XComArg

    from workflow.prediction.flow import PredictionFlow


def predict(flow: PredictionFlow) -> None:
    """All of it: wait, predict, load, report; the cluster ends whatever happens."""
    waited = wait_for_records(flow)
    predicted = run_job(flow, "predict_records", predict_args(flow), label="batch", minutes=flow.spec.timeouts.predict)
    measured = on_compute(flow, after=[waited], first=[predicted], last=[predicted])
    loaded = load_table(flow)
    written = write_report(run_uri=flow.run.uri, models=[], aws=flow.aws)
    written.as_teardown()  # as a plain task it would be a leaf that succeeds, and hide every failure before it
    chain(predicted, loaded)
    chain([*measured, loaded], written)


def wait_for_records(flow: PredictionFlow) -> S3KeySensor:
    """Until the folder holds a file."""
    minutes = flow.spec.timeouts.input
    return S3KeySensor(
        task_id="wait_for_records",
        bucket_key=f"{param('input_uri')}/*",
        wildcard_match=True,
        mode=flow.sensor_mode,
        poke_interval=flow.deployment.poll_seconds,
        timeout=minutes * 60,
        execution_timeout=timedelta(minutes=minutes),
        **flow.aws,
    )


def load_table(flow: PredictionFlow) -> XComArg:
    """The predictions into the application's database."""
    minutes = timedelta(minutes=flow.spec.timeouts.load)
    return load_predictions.override(execution_timeout=minutes)(
        connection_id=flow.deployment.sql_conn_id,
        table=param("table"),
        key=param("key"),
        run_id="{{ run_id }}",
        logical_date="{{ dag_run.logical_date or dag_run.run_after }}",
        table_uri=flow.table_uri,
        report_uri=flow.run.prediction_report,
        aws=flow.aws,
    )


def predict_args(flow: PredictionFlow) -> PredictArgs:
    """The job's arguments, as templates."""
    return PredictArgs(
        input_uri=param("input_uri"),
        input_format=param("input_format"),
        output_format=param("output_format"),
        predictions_uri=flow.run.predictions,
        quarantine_uri=flow.run.unpredicted,
        groups_uri=flow.run.prediction_groups,
        table_uri=flow.table_uri,
        key=param("key"),
        report_uri=flow.run.prediction_report,
        models=json.dumps(flow.spec.models),
        model=param("model"),
        max_bad_ratio=param("max_bad_ratio"),
        batch_rows=flow.spec.batch_rows,
        group_bytes=flow.spec.group_bytes,
        packages=PACKAGES if flow.packages_uri else "",
        code_sha=flow.deployment.code_sha,
    )
