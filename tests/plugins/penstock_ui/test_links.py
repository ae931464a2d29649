"""What Airflow stores for a task that is over, and that each operator has its links."""

from types import SimpleNamespace
from typing import Any

import pytest

from penstock_ui import links
from workflow.operators.glue import GlueRunOperator
from workflow.operators.serverless import SparkJobRunOperator
from workflow.operators.step import SparkStepOperator

TASK: Any = SimpleNamespace(dag_id="income", run_id="a+b", task_id="train_model", map_index=-1)
PROMOTES: Any = SimpleNamespace(op_kwargs={"model": "income", "tracking_uri": "http://mlflow:5000"})


@pytest.fixture
def xcoms(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the task has pushed: only a running task can ask Airflow itself."""
    pushed: dict[str, str] = {}
    monkeypatch.setattr(links.XCom, "get_value", lambda *, ti_key, key: pushed.get(key))
    return pushed


@pytest.mark.parametrize("operator", [GlueRunOperator, SparkJobRunOperator, SparkStepOperator])
def test_every_operator_of_a_job_leads_to_its_log_and_to_the_report(operator: Any) -> None:
    assert [link.name for link in operator.operator_extra_links] == ["Driver log", "Report"]


def test_a_task_without_a_job_has_no_link_to_a_log(xcoms: dict[str, str]) -> None:
    assert links.DriverLogLink().get_link(PROMOTES, ti_key=TASK) == ""


def test_a_job_leads_to_its_log(xcoms: dict[str, str]) -> None:
    xcoms[links.DRIVER_LOG] = "s3://bucket/logs/j-1/steps/s-1/"
    found = links.DriverLogLink().get_link(PROMOTES, ti_key=TASK)
    assert found == "/penstock/runs/income/a%2Bb/log?task_id=train_model"


def test_every_task_leads_to_the_report() -> None:
    assert links.ReportLink().get_link(PROMOTES, ti_key=TASK) == "/penstock/runs/income/a%2Bb/report"


def test_what_registered_nothing_leads_to_no_version(xcoms: dict[str, str]) -> None:
    assert links.ModelVersionLink().get_link(PROMOTES, ti_key=TASK) == ""


def test_a_promotion_leads_to_its_version(xcoms: dict[str, str]) -> None:
    xcoms["return_value"] = "3"
    found = links.ModelVersionLink().get_link(PROMOTES, ti_key=TASK)
    assert found == "http://mlflow:5000/#/models/income/versions/3"
