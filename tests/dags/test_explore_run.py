"""The exploration of runs as Airflow sees it: it parses offline and fast, and its graph and form are these."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, Variable

from penstock.errors import SpecError
from workflow.notebook.flow import Exploration
from workflow.notebook.spec import ExploreRun
from workflow.notebook.tasks import explore
from workflow.spec_file import load_spec

DAGS = Path(__file__).parents[2] / "dags"
pytestmark = pytest.mark.filterwarnings(
    "ignore:GitWildMatchPattern:DeprecationWarning"  # Airflow 3.3.2 reads .airflowignore with pathspec's old class
)
PARSE = """
import sys, time
import airflow.sdk
start = time.process_time()
import explore_run
print(time.process_time() - start)
"""
DEFERRABLE = """
import explore_run
print(sorted(task.task_id for task in explore_run.dag.tasks if getattr(task, "deferrable", False)))
"""
RUN = "s3://bucket/prefix/runs/income_classifier/manual"
FOUND = {"run_uri": RUN, "model": "income", "notebook_uri": f"{RUN}/report/explore_run.ipynb"}


class Ti:
    """What templates ask of a task instance."""

    @staticmethod
    def xcom_pull(*, task_ids: str) -> Any:
        return {"find_run": FOUND, "create_cluster": "j-123"}[task_ids]


@pytest.fixture
def dag(monkeypatch: pytest.MonkeyPatch) -> DAG:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a DAG file must not read Variables when it is parsed")

    monkeypatch.setattr(Variable, "get", refuse)
    bag = DagBag(DAGS / "explore_run.py")
    assert bag.import_errors == {}
    return bag.dags["explore_run"]


def test_it_parses_in_under_two_seconds() -> None:
    assert float(_run(PARSE)) < 2


def test_nothing_is_created_before_the_run_is_found_and_the_cluster_always_ends(dag: DAG) -> None:
    assert {task.task_id: task.downstream_task_ids for task in dag.tasks} == {
        "find_run": {"plan_cluster"},
        "plan_cluster": {"create_cluster", "terminate_cluster", "measure_cost"},
        "create_cluster": {"explore_run", "terminate_cluster"},
        "explore_run": {"terminate_cluster"},
        "terminate_cluster": {"measure_cost"},
        "measure_cost": set(),
    }
    assert {task.task_id for task in dag.tasks if task.is_setup} == {"plan_cluster", "create_cluster"}
    assert {task.task_id: task.on_failure_fail_dagrun for task in dag.tasks if task.is_teardown} == {
        "terminate_cluster": False,
        "measure_cost": True,
    }


def test_every_task_ends_in_time(dag: DAG) -> None:
    assert dag.dagrun_timeout is None
    minutes = {task.task_id: task.execution_timeout / timedelta(minutes=1) for task in dag.tasks}
    assert minutes == {
        "find_run": 10,
        "plan_cluster": 10,
        "create_cluster": 30,
        "explore_run": 60,
        "terminate_cluster": 15,
        "measure_cost": 10,
    }


def test_the_dag_says_what_it_is_and_runs_when_asked_to(dag: DAG) -> None:
    assert dag.description == "Explores a run in a notebook: its data, its models, its documents."
    assert (dag.schedule, dag.owner, dag.tags) == (None, "data-science", {"notebook", "penstock"})


def test_every_parameter_is_explained_and_the_run_must_be_given(dag: DAG) -> None:
    values = {name: dag.params.get_param(name) for name in dag.params}
    assert list(values) == ["run", "model", "sample_rows"]
    assert not values["run"].has_value
    assert (values["model"].value, values["sample_rows"].value) == ("", 5000)
    for name, each in values.items():
        assert f"| `{name}` | {each.schema['title']} |" in dag.doc_md
        assert each.description in dag.doc_md


@pytest.mark.parametrize("run", ["s3://bucket/runs/a/b", "income_classifier/manual__2026-01-02T03:04:05+00:00"])
def test_a_run_is_named_by_its_folder_or_its_ids(dag: DAG, run: str) -> None:
    assert dag.params.get_param("run").resolve(run) == run


@pytest.mark.parametrize("run", ["", "manual", "/manual", "s3://bucket/runs/", "s3://bucket"])
def test_what_names_no_run_is_refused_by_the_form(dag: DAG, run: str) -> None:
    with pytest.raises(Exception, match="does not match"):
        dag.params.get_param("run").resolve(run)


def test_the_notebook_of_the_bundle_is_executed_with_what_was_found(dag: DAG) -> None:
    task: Any = dag.get_task("explore_run").prepare_for_execution()
    params = {"run": "income_classifier/manual", "model": "", "sample_rows": 50}
    task.render_template_fields({"ti": Ti, "run_id": "r", "params": params, "dag": dag, "task": task})
    assert task._request() == {
        "ExecutionEngine": {"Id": "j-123", "Type": "EMR"},
        "ServiceRole": "EMR_Notebooks_DefaultRole",
        "NotebookS3Location": {"Bucket": "bucket", "Key": "prefix/code/c0ffee/notebooks/explore_run.ipynb"},
        "OutputNotebookS3Location": {"Bucket": "bucket", "Key": "prefix/runs/income_classifier/manual/report"},
        "NotebookParams": f'{{"run_uri": "{RUN}", "model": "income", "sample_rows": "50"}}',
    }


def test_the_cluster_can_execute_notebooks(dag: DAG) -> None:
    assert dag.get_task("create_cluster").job_flow_overrides["Applications"] == [
        {"Name": "Spark"},
        {"Name": "JupyterEnterpriseGateway"},
        {"Name": "Livy"},
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[JupyterEnterpriseGateway, Livy]", "[Livy]", "and Livy, got no JupyterEnterpriseGateway"),
        ("sample_rows: 5000", "sample_rows: 0", "sample_rows: got 0, expected greater than or equal to 1"),
        ("timeouts:", "spark_conf: {a: b}\ntimeouts:", "spark_conf: a notebook's Spark is the cluster's"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = (DAGS / "specs/explore_run.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "explore_run.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load_spec(path, ExploreRun)
    assert message in str(caught.value)


def test_serverless_executes_no_notebook(tmp_path: Path) -> None:
    text = (DAGS / "specs/explore_run.yaml").read_text(encoding="utf-8")
    head, _, tail = text.partition("cluster:\n")
    _, _, timeouts = tail.partition("\ntimeouts:")
    path = tmp_path / "explore_run.yaml"
    serverless = "serverless: {release_label: emr-7.13.0, max_vcpu: 4, max_memory_gb: 16}\n"
    path.write_text(f"{head}{serverless}timeouts:{timeouts}", encoding="utf-8")
    with pytest.raises(SpecError, match="serverless: a notebook is executed on a cluster; give cluster or existing"):
        load_spec(path, ExploreRun)


@pytest.mark.parametrize(
    ("setting", "tasks"), [("False", []), ("True", ["create_cluster", "explore_run", "terminate_cluster"])]
)
def test_what_can_be_deferred_follows_airflows_setting(setting: str, tasks: list[str]) -> None:
    assert _run(DEFERRABLE, AIRFLOW__OPERATORS__DEFAULT_DEFERRABLE=setting) == str(tasks)


def test_an_existing_cluster_is_found_and_nothing_is_created_or_ended() -> None:
    shipped = Exploration.load(str(DAGS / "explore_run.py"))
    spec = ExploreRun.model_validate(
        {**shipped.spec.model_dump(), "cluster": None, "existing_cluster": {"name": "analytics"}}
    )
    flow = Exploration(dag_id="explore_run", spec=spec, deployment=shipped.deployment)
    with DAG("explore_run") as dag:
        explore(flow)
    assert {task.task_id: task.downstream_task_ids for task in dag.tasks} == {
        "find_run": {"find_cluster"},
        "find_cluster": {"explore_run"},
        "explore_run": set(),
    }


def _run(code: str, **environment: str) -> str:
    """The last line that a fresh interpreter prints."""
    command = [sys.executable, "-W", "ignore", "-c", code]
    variables = {**os.environ, "PYTHONPATH": f"{DAGS.parent}:{DAGS}:{DAGS.parent / 'plugins'}", **environment}
    done = subprocess.run(command, cwd=DAGS, env=variables, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]
