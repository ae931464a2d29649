"""The counting of events as Airflow sees it: it parses offline and fast; its graph, form and arguments."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, Variable

from penstock.deployment import Deployment
from penstock.errors import SpecError
from penstock.jobs import StreamArgs
from tests.dags.workflow.rendering import RUN_ID, RUN_KEY, job_of, render
from workflow.spec_file import load_spec
from workflow.streaming.flow import StreamFlow
from workflow.streaming.spec import EventStream
from workflow.streaming.tasks import count_stream

DAGS = Path(__file__).parents[2] / "dags"
SPEC = DAGS / "specs/event_counts.yaml"
pytestmark = pytest.mark.filterwarnings(
    "ignore:GitWildMatchPattern:DeprecationWarning"  # Airflow 3.3.2 reads .airflowignore with pathspec's old class
)
PARSE = """
import sys, time
import airflow.sdk
start = time.process_time()
import event_counts
print(time.process_time() - start)
"""
RUN = f"s3://bucket/prefix/runs/event_counts/{RUN_KEY}"
XCOM = {"create_cluster": "j-123", "prepare_application": "00app"}
KINESIS = {"kind": "kinesis", "stream": "clicks", "files_per_batch": 0}
LONG = {"kind": "processing_time", "interval_seconds": 15, "run_minutes": 90}


@pytest.fixture
def dag(monkeypatch: pytest.MonkeyPatch) -> DAG:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a DAG file must not read Variables when it is parsed")

    monkeypatch.setattr(Variable, "get", refuse)
    bag = DagBag(DAGS / "event_counts.py")
    assert bag.import_errors == {}
    return bag.dags["event_counts"]


def built(**values: Any) -> DAG:
    """The DAG of the shipped values with some others."""
    shipped = StreamFlow.load(str(DAGS / "event_counts.py"))
    spec = EventStream.model_validate({**shipped.spec.model_dump(), **values})
    flow = StreamFlow(dag_id="event_counts", spec=spec, deployment=shipped.deployment)
    with flow.dag("Events.") as dag:
        count_stream(flow)
    return dag


def test_it_parses_in_under_two_seconds() -> None:
    variables = {**os.environ, "PYTHONPATH": f"{DAGS.parent}:{DAGS}:{DAGS.parent / 'plugins'}"}
    command = [sys.executable, "-W", "ignore", "-c", PARSE]
    done = subprocess.run(command, cwd=DAGS, env=variables, capture_output=True, text=True, check=True)
    assert float(done.stdout.splitlines()[-1]) < 2


def test_the_cluster_always_ends_and_one_run_at_a_time_takes_events(dag: DAG) -> None:
    assert {task.task_id: task.downstream_task_ids for task in dag.tasks} == {
        "plan_cluster": {"create_cluster", "terminate_cluster", "measure_cost"},
        "create_cluster": {"count_events", "terminate_cluster"},
        "count_events": {"terminate_cluster", "catalogue_stream"},
        "terminate_cluster": {"measure_cost"},
        "measure_cost": {"write_report"},
        "catalogue_stream": {"write_report"},
        "write_report": set(),
    }
    assert {task.task_id for task in dag.tasks if task.is_setup} == {"plan_cluster", "create_cluster"}
    assert {task.task_id: task.on_failure_fail_dagrun for task in dag.tasks if task.is_teardown} == {
        "terminate_cluster": False,
        "measure_cost": True,
        "write_report": False,
    }
    assert (dag.max_active_runs, dag.catchup, dag.dagrun_timeout) == (1, False, None)
    assert dag.get_task("count_events").execution_timeout == timedelta(minutes=120)


def test_every_parameter_is_explained(dag: DAG) -> None:
    values = {name: dag.params.get_param(name) for name in dag.params}
    assert {name: each.value for name, each in values.items()} == {
        "raw_uri": "s3://bucket/prefix/raw/events",
        "trigger": "available_now",
        "interval_seconds": 60,
        "run_minutes": 0,
        "watermark_minutes": 10,
    }
    for name, each in values.items():
        assert f"| `{name}` | {each.schema['title']} |" in str(dag.doc_md)


def test_the_job_is_told_what_outlives_the_run_and_what_does_not(dag: DAG, deployment: Deployment) -> None:
    form = {"trigger": "processing_time", "interval_seconds": 5, "run_minutes": 30, "watermark_minutes": 20.5}
    found = job_of(render(dag, "count_events", XCOM, form))
    assert found
    options, args = found
    assert options == ["spark-submit", "--deploy-mode", "client", "--py-files", deployment.code.jobs_zip]
    assert args == StreamArgs(
        source="files",
        events_uri="s3://bucket/prefix/raw/events",
        files_per_batch=8,
        trigger="processing_time",
        interval_seconds=5.0,
        run_minutes=30.0,
        window_minutes=60,
        watermark_minutes=20.5,
        max_ahead_minutes=60.0,
        stream_uri="s3://bucket/prefix/streams/event_counts",
        run_id=RUN_ID,
        report_uri=f"{RUN}/report/stream.json",
        code_sha="c0ffee",
    )
    assert isinstance(args, StreamArgs)
    args.check()


def test_kinesis_is_named_by_values() -> None:
    dag = built(source=KINESIS, trigger=LONG)
    assert "raw_uri" not in dag.params
    found = job_of(render(dag, "count_events", XCOM))
    assert found
    args = found[1]
    assert isinstance(args, StreamArgs)
    args.check()
    assert (args.source, args.kinesis_stream, args.kinesis_region) == ("kinesis", "clicks", "eu-central-1")
    assert args.kinesis_endpoint == "https://kinesis.eu-central-1.amazonaws.com"
    assert (args.kinesis_start, args.kinesis_consumer, args.trigger) == (
        "TRIM_HORIZON",
        "GetRecords",
        "processing_time",
    )


def test_the_job_runs_elsewhere_too() -> None:
    serverless = {"release_label": "emr-7.13.0", "max_vcpu": 16, "max_memory_gb": 64}
    dag = built(cluster=None, serverless=serverless)
    assert {task.task_id: task.downstream_task_ids for task in dag.tasks} == {
        "prepare_application": {"count_events", "measure_cost"},
        "count_events": {"measure_cost", "catalogue_stream"},
        "catalogue_stream": {"write_report"},
        "measure_cost": {"write_report"},
        "write_report": set(),
    }
    dag = built(cluster=None, existing_cluster={"name": "analytics"})
    assert {task.task_id for task in dag.tasks} == {"find_cluster", "count_events", "catalogue_stream", "write_report"}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"source": KINESIS}, "trigger.kind: available_now: the Kinesis connector does not support it; use processing"),
        ({"source": {**KINESIS, "stream": None}, "trigger": LONG}, "stream is missing: the source 'kinesis' is named"),
        ({"source": {**KINESIS, "dataset": "events"}, "trigger": LONG}, "dataset does not go with the source"),
        ({"source": {"kind": "files", "files_per_batch": 1}}, "dataset is missing: the source 'files' is named by it"),
        ({"source": {**KINESIS, "kind": "kafka"}}, "source.kind"),
        ({"trigger": {**LONG, "run_minutes": 120}}, "trigger.run_minutes: got 120, expected less than timeouts.stream"),
        ({"windows": {"minutes": 0, "watermark_minutes": 1, "max_ahead_minutes": 1}}, "windows.minutes: got 0"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named(tmp_path: Path, values: dict[str, Any], message: str) -> None:
    path = tmp_path / "event_counts.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(SPEC.read_text(encoding="utf-8")), **values}), encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load_spec(path, EventStream)
    assert message in str(caught.value)
