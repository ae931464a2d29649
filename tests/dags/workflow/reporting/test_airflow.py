"""The task in a real Airflow with a database: what it asks and what Airflow answers."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.s3 import S3Hook

from penstock.layout import Run
from penstock.run_report import RunReport
from tests.dags.workflow.reporting.documents.data import DATA
from tests.dags.workflow.reporting.reading import read
from workflow.reporting.page import render
from workflow.storage import read_document, write_document

REPOSITORY = Path(__file__).parents[4]
RUN = Run("s3://bucket/runs/reporting/1")


@pytest.fixture
def airflow(tmp_path: Path) -> dict[str, str]:
    dags = tmp_path / "dags"
    dags.mkdir()
    shutil.copy(Path(__file__).with_name("reporting_dag.py"), dags)
    environment = os.environ | {
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{tmp_path}/airflow.db",
        "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'dags'}",
    }
    _run(["-m", "airflow", "db", "migrate"], environment)
    return environment


def test_a_failed_run_is_reported_and_stays_failed(
    airflow: dict[str, str], aws: dict[str, Any], tmp_path: Path
) -> None:
    s3 = S3Hook(**aws)
    s3.create_bucket("bucket")
    write_document(DATA, RUN.data_report, aws)
    answer = tmp_path / "answer.json"
    program = [str(tmp_path / "dags/reporting_dag.py"), RUN.uri, "penstock_test", str(answer)]
    _run(program, {**airflow, "AIRFLOW_CONN_PENSTOCK_TEST": os.environ["AIRFLOW_CONN_PENSTOCK_TEST"]})
    found = json.loads(answer.read_text())
    assert (found["state"], found["states"]["write_report:-1"]) == ("failed", "success")
    assert found["told"] == RUN.report_page

    report = read_document(RunReport, RUN.report_json, aws)
    assert (report.dag_id, report.run_id, report.state) == ("reporting", found["run_id"], "failed")
    assert (report.params, report.conf) == ({"rows": 12}, {"rows": 12})
    assert {each.task_id: (each.state, each.tries) for each in report.tasks} == {
        "first": ("success", 1),
        "midway": ("success", 1),
        "many[0]": ("success", 1),
        "many[1]": ("success", 1),
        "skip": ("skipped", 1),
        "fail": ("failed", 1),
        "after": ("upstream_failed", None),
    }
    assert report.tasks[0].task_id == "first"
    assert all(0 < each.seconds < 60 and 0 <= each.began < 60 for each in report.tasks if each.tries)
    assert report.failures == ["fail"]
    assert report.data == DATA
    assert 0 < report.seconds < 300

    midway = read_document(RunReport, Run(f"{RUN.uri}-midway").report_json, aws)
    assert (midway.state, [each.task_id for each in midway.tasks]) == ("running", ["first"])

    stored = s3.get_key("runs/reporting/1/report/index.html", "bucket").get()
    assert stored["ContentType"] == "text/html; charset=utf-8"
    page = stored["Body"].read().decode()
    assert page == render(report)
    assert read(page).all("h1")[0].text == "reporting ✕ failed"


def _run(arguments: list[str], environment: dict[str, str]) -> None:
    command = [sys.executable, "-W", "ignore", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]
