"""Tasks as Airflow renders them, and the jobs' arguments read back out of them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from airflow.sdk import DAG

from penstock.arguments import JobArgs
from penstock.jobs import ALL_JOBS

RUN_ID = "manual__2026-01-02T03:04:05+00:00"
RUN_AFTER = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
"""A run by hand has no logical date."""
RUN_KEY = "manual__2026-01-02T03-04-05-00-00-422e8745"
CODE = "s3://bucket/prefix/code/c0ffee"


def ti(xcom: Mapping[str, Any]) -> Any:
    """What templates ask of a task instance."""

    class Ti:
        @staticmethod
        def xcom_pull(*, task_ids: str) -> Any:
            return xcom[task_ids]

    return Ti


def render(dag: DAG, task_id: str, xcom: Mapping[str, Any], params: Mapping[str, Any] | None = None) -> Any:
    """The task with its templates filled."""
    task: Any = dag.get_task(task_id).prepare_for_execution()
    context: Any = {
        "ti": ti(xcom),
        "run_id": RUN_ID,
        "dag_run": SimpleNamespace(logical_date=None, run_after=RUN_AFTER),
        "params": {**dag.params.dump(), **(params or {})},
        "dag": dag,
        "task": task,
        **(dag.user_defined_macros or {}),
    }
    task.render_template_fields(context)
    return task


def job_of(task: Any) -> tuple[list[str], JobArgs] | None:
    """What stands before a job's arguments, and the arguments parsed by the job's own class; None for other tasks."""
    if hasattr(task, "steps"):
        return _parsed(task.steps[0]["HadoopJarStep"]["Args"])
    if hasattr(task, "job_driver"):
        submit = task.job_driver["sparkSubmit"]
        before, args = _parsed([submit["entryPoint"], *submit["entryPointArguments"]])
        return [*before, submit["sparkSubmitParameters"]], args
    if hasattr(task, "script_args"):
        return _parsed([task.script_location, *(part for pair in task.script_args.items() for part in pair)])
    return None


def _parsed(command: list[str]) -> tuple[list[str], JobArgs]:
    for job in ALL_JOBS:
        script = f"{CODE}/{job.script}"
        if script in command:
            cut = command.index(script)
            return command[:cut], job.from_argv(command[cut + 1 :])
    raise AssertionError(f"no known job: {command}")
