"""A notebook's task on an EMR that executes: once per key, stopped with its task, and a failure says which cell."""

import asyncio
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowException, TaskDeferred

from tests.dags.workflow.operators.runner import BUCKET, Attempt, Make, handed_over, until
from workflow.operators.key import Key
from workflow.operators.notebook import NotebookOperator

NOTEBOOK = f"s3://{BUCKET}/code/abc/notebooks/explore.ipynb"
SLEEP = "import time; time.sleep(600)"


def notebook(source: str) -> bytes:
    about = {"id": "a", "metadata": {}, "execution_count": None, "outputs": []}
    cells = [
        {"cell_type": "code", "source": "rows = 1", **about, "metadata": {"tags": ["parameters"]}},
        {"cell_type": "code", "source": source, **about, "id": "b"},
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": cells}).encode()


@pytest.fixture
def task(operator: dict[str, Any], clients: Any, cluster: str) -> Callable[..., Make]:
    """Makes operators that execute a notebook with one cell of code, on a cluster that is up."""
    until(lambda: clients("emr").describe_cluster(ClusterId=cluster)["Cluster"]["Status"]["State"] in UP, True)

    def of(source: str, *, name: str = "explored.ipynb", **changes: Any) -> Make:
        clients("s3").put_object(Bucket=BUCKET, Key=NOTEBOOK.partition(f"{BUCKET}/")[2], Body=notebook(source))
        values = {
            **operator,
            "cluster_id": cluster,
            "service_role": "EMR_Notebooks_DefaultRole",
            "notebook_uri": NOTEBOOK,
            "output_uri": f"s3://{BUCKET}/runs/a/b/report/{name}",
            "parameters": {"rows": 7},
            **changes,
        }
        return lambda: NotebookOperator(**values)

    return of


UP = {"RUNNING", "WAITING"}


@pytest.fixture
def states(clients: Any) -> Callable[[Attempt], list[str]]:
    """States of the executions of an attempt's task, the newest first."""

    def of(attempt: Attempt) -> list[str]:
        operator: Any = attempt.make()
        key = Key.of(attempt.context(operator), operator.deployment, {}).task
        found = clients("emr").list_notebook_executions(ExecutionEngineId=operator.cluster_id)["NotebookExecutions"]
        return [each["Status"] for each in found if f"[{key}." in each["NotebookExecutionName"]]

    return of


@pytest.mark.parametrize("name", ["explore.ipynb", "explored.ipynb"])
@pytest.mark.parametrize("deferrable", [False, True])
def test_the_executed_notebook_lies_where_it_is_expected(task: Any, clients: Any, name: str, deferrable: bool) -> None:
    uri = Attempt(task("print(rows + 1)", name=name, deferrable=deferrable)).run()
    assert uri == f"s3://{BUCKET}/runs/a/b/report/{name}"
    body = clients("s3").get_object(Bucket=BUCKET, Key=f"runs/a/b/report/{name}")["Body"].read()
    assert json.loads(body)["cells"][-1]["outputs"][0]["text"] == ["8\n"]


def test_a_failure_names_the_cell_and_the_notebook_as_far_as_it_came(task: Any) -> None:
    with pytest.raises(AirflowException) as raised:
        Attempt(task("1 / 0")).run()
    message = str(raised.value)
    execution, cluster = message.split()[2], message.split()[4]
    assert message == (
        f"Notebook execution {execution} of {cluster} ended as FAILED: Execution has failed for cluster {cluster}. "
        f"Cell 3: ZeroDivisionError: division by zero. The notebook as far as it came: "
        f"s3://{BUCKET}/runs/a/b/report/explore.ipynb"
    )


def test_a_retry_finds_what_is_done_and_starts_nothing(task: Any, states: Any) -> None:
    attempt = Attempt(task("print(rows)"))
    assert attempt.run() == Attempt(attempt.make, attempt.run_id, try_number=2).run()
    assert states(attempt) == ["FINISHED"]


def test_a_failed_execution_is_started_again(task: Any, states: Any) -> None:
    attempt = Attempt(task("1 / 0"))
    for number in (1, 2):
        with pytest.raises(AirflowException, match="ZeroDivisionError"):
            Attempt(attempt.make, attempt.run_id, try_number=number).run()
    assert states(attempt) == ["FAILED", "FAILED"]


def test_a_task_whose_time_is_up_stops_the_execution(task: Any, states: Any) -> None:
    attempt = Attempt(task(SLEEP, execution_timeout=timedelta(seconds=4)))
    with pytest.raises(AirflowException, match="when its time was up, and was cancelled"):
        attempt.run()
    until(lambda: states(attempt), ["STOPPED"])


def test_a_cleared_task_stops_what_goes_on_and_starts_anew(task: Any, states: Any, clients: Any) -> None:
    attempt = Attempt(task(SLEEP, deferrable=True))
    with pytest.raises(TaskDeferred):
        attempt.start(attempt.make())
    clients("s3").put_object(Bucket=BUCKET, Key=NOTEBOOK.partition(f"{BUCKET}/")[2], Body=notebook("print(rows)"))
    Attempt(attempt.make, attempt.run_id, cleared=1).run()
    assert states(attempt) == ["FINISHED", "STOPPED"]


def test_a_deferred_task_that_is_ended_stops_the_execution(task: Any, states: Any) -> None:
    attempt = Attempt(task(SLEEP, deferrable=True))
    with pytest.raises(TaskDeferred) as raised:
        attempt.start(attempt.make())
    asyncio.run(handed_over(raised.value).on_kill())
    until(lambda: states(attempt), ["STOPPED"])


def test_a_killed_task_stops_the_execution_and_one_that_is_over_is_left(task: Any, states: Any) -> None:
    attempt = Attempt(task(SLEEP, deferrable=True))
    operator: Any = attempt.make()
    with pytest.raises(TaskDeferred):
        attempt.start(operator)
    operator.on_kill()
    until(lambda: states(attempt), ["STOPPED"])
    operator.on_kill()
    time.sleep(0.1)
    assert states(attempt) == ["STOPPED"]
