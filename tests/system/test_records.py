"""The workflows that learn nothing, as a user runs them: a stream counted twice, records predicted."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from penstock.deployment import Deployment
from penstock.layout import Run, run_key, split_uri
from penstock.prediction import PredictionReport
from penstock.streaming import EventCounts, StreamReport
from tools.airflow_api import AirflowApi
from tools.credentials import load_or_create
from tools.stack import aws

if TYPE_CHECKING:
    from penstock.layout import Layout
    from tests.system.conftest import CommandLine

pytestmark = pytest.mark.timeout(1200)


def run(tools: CommandLine, workflow: str, *options: str) -> Run:
    """Run a workflow by the command line; its outputs."""
    status, output = tools.run("run", workflow, *options, seconds=600)
    assert status == 0, output
    api = AirflowApi(tools.settings, load_or_create(tools.settings.home))
    try:
        last = max(api._call("GET", f"/dags/{workflow}/dagRuns")["dag_runs"], key=lambda each: each["run_after"])
    finally:
        api.close()
    return layout(tools).run(workflow, run_key(last["dag_run_id"]))


def layout(tools: CommandLine) -> Layout:
    return Deployment.from_json(tools.settings.deployment_file.read_text(), "deployment.json").layout


def read(tools: CommandLine, uri: str) -> str:
    bucket, key = split_uri(uri)
    s3: Any = aws.client("s3", tools.settings, load_or_create(tools.settings.home))
    found: str = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    return found


def test_a_stream_is_counted_once(tools: CommandLine) -> None:
    """The generator knows how many events are late and malformed. A second run finds no event that was not counted."""
    first, second = (
        StreamReport.from_json(read(tools, place.stream_report), "report")
        for place in (run(tools, "event_counts"), run(tools, "event_counts"))
    )
    assert first.counts == EventCounts(events=12_000, counted=11_820, late=120, malformed=60)
    assert second.counts == EventCounts()
    assert second.total == first.total == first.counts


def test_irises_are_predicted_and_the_wrong_one_is_kept_with_its_reason(tools: CommandLine) -> None:
    place = run(tools, "batch_prediction")
    report = PredictionReport.from_json(read(tools, place.prediction_report), "report")
    assert (report.records, report.predicted, report.quarantined) == (15, 14, 1)
    (sample,) = report.samples
    assert sample.file.endswith("/raw/iris/input.ldjson")
    assert (sample.line, sample.error_type) == (15, "MLModelSchemaValidationError")
    assert json.loads(sample.payload)["petal_width"] == "asd"
    species = "json_extract(prediction, '$.species')"
    asked = f"SELECT input_line, {species}, error_type, model FROM predictions ORDER BY input_line"
    with closing(sqlite3.connect(tools.settings.tables_file)) as database:
        rows = database.execute(asked).fetchall()
    names = ["setosa"] * 5 + ["versicolor"] * 5 + ["virginica"] * 4
    good = [(line, name, None, "iris_model") for line, name in enumerate(names, start=1)]
    assert rows == [*good, (15, None, sample.error_type, "iris_model")]
