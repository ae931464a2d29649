"""Batch prediction as Airflow sees it: its shape, its form, and arguments that the job's own class parses."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, Variable
from airflow.sdk.exceptions import ParamValidationError

from penstock.errors import SpecError
from penstock.jobs import PredictArgs
from penstock.prediction import parse_models
from tests.dags.workflow.rendering import RUN_ID, RUN_KEY, job_of, render
from workflow.prediction.flow import PredictionFlow
from workflow.prediction.spec import BatchPrediction
from workflow.prediction.tasks import predict
from workflow.spec_file import load_spec

DAGS = Path(__file__).parents[4] / "dags"
SPEC = DAGS / "specs/batch_prediction.yaml"
RUN = f"s3://bucket/prefix/runs/batch_prediction/{RUN_KEY}"
pytestmark = pytest.mark.filterwarnings(
    "ignore:GitWildMatchPattern:DeprecationWarning"  # Airflow 3.3.2 reads .airflowignore with pathspec's old class
)


@pytest.fixture
def dag(monkeypatch: pytest.MonkeyPatch) -> DAG:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a DAG file must not read Variables when it is parsed")

    monkeypatch.setattr(Variable, "get", refuse)
    bag = DagBag(DAGS / "batch_prediction.py")
    assert bag.import_errors == {}
    return bag.dags["batch_prediction"]


def test_the_cluster_is_asked_for_when_there_is_input_and_always_ends(dag: DAG) -> None:
    assert {task.task_id: task.downstream_task_ids for task in dag.tasks} == {
        "wait_for_records": {"plan_cluster"},
        "plan_cluster": {"create_cluster", "terminate_cluster", "measure_cost"},
        "create_cluster": {"predict_records", "terminate_cluster"},
        "predict_records": {"terminate_cluster", "load_predictions"},
        "load_predictions": {"write_report"},
        "terminate_cluster": {"measure_cost"},
        "measure_cost": {"write_report"},
        "write_report": set(),
    }
    assert {task.task_id: task.on_failure_fail_dagrun for task in dag.tasks if task.is_teardown} == {
        "terminate_cluster": False,
        "measure_cost": True,
        "write_report": False,
    }
    assert dag.dagrun_timeout is None
    assert all(timedelta(0) < task.execution_timeout <= timedelta(minutes=720) for task in dag.tasks)


def test_the_form_asks_for_input_format_model_and_bad_ratio(dag: DAG) -> None:
    assert dag.params.dump() == {
        "input_uri": "s3://bucket/prefix/raw/iris",
        "input_format": "json",
        "max_bad_ratio": 0.1,
        "model": "iris_model",
        "output_format": "json",
        "table": "predictions",
        "key": "",
    }


def test_the_form_reaches_the_job(dag: DAG) -> None:
    params = {"input_format": "csv", "output_format": "classic", "model": "other", "max_bad_ratio": 0.5}
    task = render(dag, "predict_records", {"create_cluster": "j-123"}, params)
    assert task.job_flow_id == "j-123"
    before, args = job_of(task) or ([], None)
    assert "spark.archives" not in " ".join(before)
    assert isinstance(args, PredictArgs)
    models = parse_models(args.models)
    assert [each.class_name for each in models] == ["IrisModel", "IrisModelOfMlBase"]
    assert replace(args, models="") == PredictArgs(
        input_uri="s3://bucket/prefix/raw/iris",
        input_format="csv",
        output_format="classic",
        predictions_uri=f"{RUN}/predictions",
        quarantine_uri=f"{RUN}/quarantine/predictions",
        groups_uri=f"{RUN}/report/prediction-groups",
        report_uri=f"{RUN}/report/predictions.json",
        models="",
        model="other",
        max_bad_ratio=0.5,
        batch_rows=10_000,
        group_bytes=1024**3,
        code_sha="c0ffee",
    )


def with_database(deployment: Any) -> DAG:
    """The DAG of a deployment that names a database."""
    spec = load_spec(SPEC, BatchPrediction)
    deployment = replace(deployment, sql_conn_id="application_db")
    flow = PredictionFlow(dag_id="batch_prediction", spec=spec, deployment=deployment)
    with flow.dag("A page.") as dag:
        predict(flow)
    return dag


@pytest.mark.parametrize(("table", "written"), [("by_customer", f"{RUN}/prediction-table"), ("", "")])
def test_the_table_that_the_form_names_is_written_by_the_job_and_loaded(
    deployment: Any, table: str, written: str
) -> None:
    dag, params = with_database(deployment), {"table": table, "key": "customer"}
    args = (job_of(render(dag, "predict_records", {"create_cluster": "j-123"}, params)) or ([], None))[1]
    assert isinstance(args, PredictArgs)
    assert (args.table_uri, args.key) == (written, "customer")
    assert render(dag, "load_predictions", {}, params).op_kwargs == {
        "connection_id": "application_db",
        "table": table,
        "key": "customer",
        "run_id": RUN_ID,
        "logical_date": "2026-01-02 03:04:05+00:00",
        "table_uri": written,
        "report_uri": f"{RUN}/report/predictions.json",
        "aws": {"aws_conn_id": "penstock_test", "region_name": "eu-central-1"},
    }


def test_without_a_database_the_job_writes_no_table(dag: DAG) -> None:
    args = (job_of(render(dag, "predict_records", {"create_cluster": "j-123"})) or ([], None))[1]
    assert isinstance(args, PredictArgs)
    assert args.table_uri == ""
    assert render(dag, "load_predictions", {}).op_kwargs["connection_id"] == ""


@pytest.mark.parametrize("table", ["Predictions", "1st", "a" * 41, "drop table x"])
def test_names_that_are_none_are_refused_by_the_form(dag: DAG, table: str) -> None:
    with pytest.raises(ParamValidationError, match="does not match"):
        dag.params["table"] = table


def test_the_sensor_waits_for_any_file_in_the_folder(dag: DAG) -> None:
    task = render(dag, "wait_for_records", {}, {"input_uri": "s3://lake/in"})
    assert (task.bucket_key, task.wildcard_match) == ("s3://lake/in/*", True)


@pytest.mark.parametrize("serverless", [False, True])
def test_the_archive_travels_with_the_job_where_the_deployment_has_one(serverless: bool, deployment: Any) -> None:
    spec = load_spec(SPEC, BatchPrediction)
    if serverless:
        where = {"release_label": "emr-7.13.0", "max_vcpu": 16, "max_memory_gb": 64}
        spec = BatchPrediction(**{**yaml.safe_load(SPEC.read_text()), "cluster": None, "serverless": where})
    flow = PredictionFlow(dag_id="batch_prediction", spec=spec, deployment=replace(deployment, packages_sha="beef"))
    with flow.dag("A page.") as dag:
        predict(flow)
    xcom = {"create_cluster": "j-123", "prepare_application": "a-1"}
    before, args = job_of(render(dag, "predict_records", xcom)) or ([], None)
    assert "spark.archives=s3://bucket/prefix/packages/beef/models.zip#packages" in " ".join(before).split()
    assert isinstance(args, PredictArgs)
    assert args.packages == "packages"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"models": [{"kind": "mlmodl"}]}, "models[0].kind: got 'mlmodl'; did you mean 'mlmodel'?"),
        ({"models": [{"clas_name": "X"}]}, "models[0].clas_name: unknown key; did you mean 'class_name'?"),
        ({"output_format": "jsn"}, "output_format"),
        ({"models": []}, "models"),
        ({"tables": {"predictions": "No Name"}}, "tables.predictions"),
    ],
)
def test_wrong_values_are_refused_when_the_file_is_parsed(tmp_path: Path, change: Any, problem: str) -> None:
    path = tmp_path / "batch_prediction.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(SPEC.read_text()), **change}))
    with pytest.raises(SpecError) as failure:
        load_spec(path, BatchPrediction)
    assert problem in str(failure.value)
