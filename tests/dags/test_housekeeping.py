"""Housekeeping as Airflow sees it: it parses offline and fast, and its form explains itself."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, Variable

from penstock.deployment import Deployment
from penstock.errors import SpecError
from workflow.housekeeping.spec import Housekeeping
from workflow.spec_file import load_spec

DAGS = Path(__file__).parents[2] / "dags"
pytestmark = pytest.mark.filterwarnings(
    "ignore:GitWildMatchPattern:DeprecationWarning"  # Airflow 3.3.2 reads .airflowignore with pathspec's old class
)
PARSE = """
import sys, time
import airflow.sdk
start = time.perf_counter()
import housekeeping
print(time.perf_counter() - start)
print(sorted(name for name in ("mlflow", "slack_sdk", "aiosmtplib", "smtplib") if name in sys.modules))
"""
TOLD = """
from penstock.deployment import Deployment
import housekeeping
print([each.uri for each in housekeeping.dag.on_failure_callback])
"""


@pytest.fixture
def dag(monkeypatch: pytest.MonkeyPatch) -> DAG:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a DAG file must not read Variables when it is parsed")

    monkeypatch.setattr(Variable, "get", refuse)
    bag = DagBag(DAGS)
    assert bag.import_errors == {}
    return bag.dags["housekeeping"]


def test_it_parses_in_under_two_seconds_and_imports_what_it_needs_later() -> None:
    seconds, imported = _run(PARSE)[-2:]
    assert float(seconds) < 2
    assert imported == "[]"


def test_the_tasks_wait_for_nothing(dag: DAG) -> None:
    assert {task.task_id: task.downstream_task_ids for task in dag.tasks} == {
        "reap_clusters": set(),
        "remove_expired": set(),
    }


def test_one_run_at_a_time_and_none_is_retried(dag: DAG) -> None:
    assert (dag.max_active_runs, dag.catchup, dag.dagrun_timeout) == (1, False, None)
    assert dag.is_paused_upon_creation is False
    assert {task.task_id: (task.retries, task.execution_timeout) for task in dag.tasks} == {
        "reap_clusters": (0, timedelta(minutes=45)),
        "remove_expired": (0, timedelta(minutes=240)),
    }


def test_the_dag_says_what_it_is(dag: DAG) -> None:
    assert dag.description == "Ends clusters that outlived their run, and removes what is too old to keep."
    assert dag.tags == {"housekeeping", "penstock"}
    assert dag.owner == "platform"
    assert dag.schedule == "*/15 * * * *"


def test_every_parameter_is_explained(dag: DAG) -> None:
    values = {name: dag.params.get_param(name) for name in dag.params}
    assert {name: each.value for name, each in values.items()} == {
        "dry_run": False,
        "grace_minutes": 5,
        "max_age_hours": 24,
        "retention": "when_due",
        "runs_days": 90,
        "logs_days": 30,
        "versions": 10,
    }
    for name, each in values.items():
        assert each.schema["title"], name
        assert each.description, name
        assert f"| `{name}` | {each.schema['title']} | `{each.value}` | {each.description} |" in dag.doc_md
    assert values["versions"].resolve(None) is None


def test_nobody_is_told_unless_the_deployment_says_so(dag: DAG) -> None:
    assert dag.on_failure_callback is None


def test_who_is_told_comes_from_the_deployment(tmp_path: Path, deployment: Deployment) -> None:
    path = tmp_path / "deployment.json"
    told = '"notify": ["slack:slack_ml", "email:ml@example.org"]'
    path.write_text(deployment.to_json().replace('"notify": []', told), encoding="utf-8")
    assert _run(TOLD, PENSTOCK_DEPLOYMENT=str(path))[-1] == "['slack:slack_ml', 'email:ml@example.org']"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("runs_days: 90", "runs_days: 0", "retention.runs_days: got 0, expected greater than or equal to 1"),
        ("grace_minutes: 5", "grace: 5", "reaper.grace_minutes: missing"),
        ("versions: 10", "versions: 0", "retention.versions: got 0, expected greater than or equal to 1"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = (DAGS / "specs/housekeeping.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "housekeeping.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load_spec(path, Housekeeping)
    assert f"  {message}" in str(caught.value).splitlines()


def test_what_is_kept_for_ever_is_null(tmp_path: Path) -> None:
    text = (DAGS / "specs/housekeeping.yaml").read_text(encoding="utf-8")
    path = tmp_path / "housekeeping.yaml"
    path.write_text(text.replace("runs_days: 90", "runs_days: null"), encoding="utf-8")
    assert load_spec(path, Housekeeping).retention.runs_days is None


def _run(code: str, **environment: str) -> list[str]:
    """The lines that a fresh interpreter prints."""
    command = [sys.executable, "-W", "ignore", "-c", code]
    variables = {**os.environ, "PYTHONPATH": f"{DAGS.parent}:{DAGS}", **environment}
    done = subprocess.run(command, cwd=DAGS, env=variables, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()
