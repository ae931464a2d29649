"""The tasks of an exploration: look for the run, then execute the notebook about it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.sdk import task
from airflow.sdk.exceptions import AirflowFailException

from penstock.deployment import Deployment
from penstock.errors import PenstockError, did_you_mean
from penstock.layout import Layout, Run, run_key, split_uri
from workflow.compute import existing, transient
from workflow.compute.choice import on_compute
from workflow.deployed import RETRIES
from workflow.form import param
from workflow.operators.notebook import NotebookOperator

if TYPE_CHECKING:
    from workflow.notebook.flow import Exploration

FIND = "find_run"
FOUND = f"ti.xcom_pull(task_ids='{FIND}')"
Aws = dict[str, Any]


def explore(flow: Exploration) -> None:
    """All tasks. The compute is asked for only when there is something to explore."""
    found = find_run(run=param("run"), model=param("model"), aws=flow.aws)
    explored = execute_notebook(flow)
    on_compute(flow, after=[found], first=[explored], last=[explored])


def execute_notebook(flow: Exploration) -> NotebookOperator:
    """Execute the notebook, and leave it beside the report of the run that it explores."""
    return NotebookOperator(
        task_id="explore_run",
        deployment=flow.deployment.name,
        cluster_id=existing.CLUSTER_ID if flow.spec.existing_cluster else transient.CLUSTER_ID,
        service_role=flow.deployment.emr_notebook_role,
        notebook_uri=flow.notebook,
        output_uri=f"{{{{ {FOUND}['notebook_uri'] }}}}",
        parameters={
            "run_uri": f"{{{{ {FOUND}['run_uri'] }}}}",
            "model": f"{{{{ {FOUND}['model'] }}}}",
            "sample_rows": param("sample_rows"),
        },
        poll_seconds=flow.deployment.poll_seconds,
        execution_timeout=timedelta(minutes=flow.spec.timeouts.notebook),
        **flow.operator,
    )


@task(task_id=FIND, multiple_outputs=False)
def find_run(run: str, model: str, aws: Aws) -> dict[str, str]:
    """Where the run, its model and the executed notebook are; a run or model that is not there fails at once."""
    folders = Folders(S3Hook(**aws, config=RETRIES))
    try:
        found = locate(Deployment.load().layout, run)
        return {"run_uri": found.uri, "model": choose_model(folders, found, model), "notebook_uri": found.notebook}
    except PenstockError as error:
        raise AirflowFailException(str(error)) from error


class Folders:
    """S3 as folders."""

    def __init__(self, hook: S3Hook) -> None:
        self._hook = hook

    def below(self, uri: str) -> list[str]:
        """The names of the folders in a folder, sorted."""
        bucket, key = split_uri(uri)
        prefix = f"{key}/"
        found = self._hook.list_prefixes(bucket, prefix=prefix, delimiter="/")
        return sorted(each[len(prefix) :].rstrip("/") for each in found)


def locate(layout: Layout, run: str) -> Run:
    """The run, by its folder or as `<DAG id>/<run id>`."""
    if run.startswith("s3://"):
        return Run(run.rstrip("/"))
    dag_id, _, run_id = run.partition("/")
    return layout.run(dag_id, run_key(run_id))


def choose_model(folders: Folders, run: Run, model: str) -> str:
    """The model asked for, or the first by name; empty for a run that has none. Raises PenstockError."""
    parts = folders.below(run.uri)
    if not parts:
        parent, _, name = run.uri.rpartition("/")
        raise PenstockError(f"{run.uri} is no run: nothing lies there; {did_you_mean(name, folders.below(parent))}")
    models = folders.below(run.model("x").rpartition("/")[0]) if "model" in parts else []
    if model and model not in models:
        raise PenstockError(f"{run.uri} has no model {model!r}; {did_you_mean(model, models)}")
    return model or next(iter(models), "")
