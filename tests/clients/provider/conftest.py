"""An Airflow of its own, with a database, in which ``dag.test()`` runs whole DAGs: tasks, triggers and reschedules."""

import atexit
import importlib
import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.clients.local_server import LocalAws
from tests.clients.provider.dags.modes import CONNECTION

HOME = Path(tempfile.mkdtemp(prefix="penstock-provider-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
# Airflow reads its settings when it is first imported, so they stand here and not in a fixture.
os.environ |= {
    "AIRFLOW_HOME": str(HOME),
    "AIRFLOW__CORE__DAGS_FOLDER": str(Path(__file__).with_name("dags")),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{HOME}/airflow.db",
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
}


@dataclass(frozen=True, kw_only=True)
class Run:
    """What became of a DAG run: its tasks' states and results, and which tasks waited outside a worker, and how."""

    tasks: dict[str, str]
    results: dict[str, Any]
    deferred: set[str]
    rescheduled: set[str]

    def failed(self) -> set[str]:
        """Return the tasks that did not succeed."""
        return {task for task, state in self.tasks.items() if state != "success"}


@pytest.fixture(scope="session")
def _database() -> None:
    importlib.import_module("airflow.utils.db").initdb()


@pytest.fixture
def run_dag(_database: None, aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Run]:
    """Run a DAG of a file in a mode, with a connection to the local AWS as its README gives it.

    ``dag.test()`` runs triggers itself; the only thing that is put into its place notes whose they were.
    """
    extra = {
        "region_name": aws.region_name,
        "endpoint_url": aws.endpoint_url,
        "service_config": {"s3": {"endpoint_url": aws.s3_endpoint_url}},
    }
    keys = {"login": aws.aws_access_key_id, "password": aws.aws_secret_access_key}
    monkeypatch.setenv(f"AIRFLOW_CONN_{CONNECTION.upper()}", json.dumps({"conn_type": "aws", **keys, "extra": extra}))

    waited_for: set[str] = set()
    sdk = importlib.import_module("airflow.sdk.definitions.dag")
    run_trigger = sdk._run_inline_trigger

    def noting(trigger: Any, task: Any) -> Any:
        waited_for.add(task.task_id)
        return run_trigger(trigger, task)

    monkeypatch.setattr(sdk, "_run_inline_trigger", noting)

    def run(file: str, mode: str) -> Run:
        dag = getattr(importlib.import_module(f"tests.clients.provider.dags.{file}"), f"{file}_{mode}")
        with warnings.catch_warnings(action="ignore"):  # all of them Airflow's own
            return outcome(dag.test(), waited_for)

    return run


def outcome(dag_run: Any, deferred: set[str]) -> Run:
    """Read a run from Airflow's database."""
    task_reschedule = importlib.import_module("airflow.models.taskreschedule").TaskReschedule
    with importlib.import_module("airflow.utils.session").create_session() as session:
        found = dag_run.get_task_instances(session=session)
        ids = {each.id: each.task_id for each in found}
        rows = session.query(task_reschedule.ti_id).filter(task_reschedule.ti_id.in_(ids)).all()
        return Run(
            tasks={each.task_id: str(each.state) for each in found},
            results={each.task_id: each.xcom_pull(task_ids=each.task_id, session=session) for each in found},
            deferred=deferred,
            rescheduled={ids[row.ti_id] for row in rows},
        )
