"""Both tasks through the Task SDK, in a database that knows runs: what Airflow really answers."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
from airflow.providers.amazon.aws.hooks.s3 import S3Hook

from penstock.deployment import VARIABLE, Deployment
from penstock.housekeeping import HousekeepingReport, RetentionReport
from penstock.layout import run_key
from workflow.ownership import Owner, as_list
from workflow.storage import read_document

REPOSITORY = Path(__file__).parents[4]
PROGRAM = Path(__file__).with_name("asking.py")
RUNS = {"failed__1": "failed", "manual__2026-11-21T00:19:35+00:00": "running", "mine:a": "success"}


@pytest.fixture
def placed(aws: dict[str, Any], tracking_uri: str, deployment: Deployment, tmp_path: Path) -> Deployment:
    """A deployment on moto, in a file of its own."""
    S3Hook(**aws).create_bucket("bucket")
    changed = replace(deployment, mlflow_tracking_uri=tracking_uri, region=aws["region_name"], poll_seconds=1)
    (tmp_path / "deployment.json").write_text(changed.to_json(), encoding="utf-8")
    return changed


@pytest.fixture
def airflow(placed: Deployment, tmp_path: Path) -> dict[str, str]:
    """The environment of an Airflow whose only DAG is the program's."""
    dags = tmp_path / "dags"
    dags.mkdir()
    shutil.copy(PROGRAM, dags)
    environment = os.environ | {
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{tmp_path}/airflow.db",
        "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'dags'}",
        VARIABLE: str(tmp_path / "deployment.json"),
    }
    _run(["-m", "airflow", "db", "migrate"], environment)
    return environment


def cluster(emr: Any, deployment: str, run: str) -> str:
    owner = Owner(deployment=deployment, dag="movie_recommender", run=run)
    answer = emr.run_job_flow(
        Name=owner.cluster_name,
        ReleaseLabel="emr-7.13.0",
        Instances={"InstanceCount": 1, "MasterInstanceType": "m7g.xlarge", "KeepJobFlowAliveWhenNoSteps": True},
        JobFlowRole="EMR_EC2_DefaultRole",
        ServiceRole="EMR_DefaultRole",
        Tags=as_list(owner.tags),
    )
    return str(answer["JobFlowId"])


def test_a_run_of_housekeeping(
    airflow: dict[str, str], placed: Deployment, aws: dict[str, Any], tmp_path: Path
) -> None:
    emr = AwsBaseHook(client_type="emr", **aws).get_conn()
    clusters = {run: cluster(emr, placed.name, run) for run in [*RUNS, "no such run"]}
    answer = tmp_path / "answer.json"
    _run([str(tmp_path / "dags/asking.py"), json.dumps(RUNS), str(answer)], airflow)
    found = json.loads(answer.read_text())
    assert found["state"] == "success"

    ended = "2026-01-01 00:00:00+00:00"
    assert found["tasks"]["ask"][1] == {
        "failed__1": ["failed", ended, False, False],
        "manual__2026-11-21T00:19:35+00:00": ["running", "None", True, False],
        "mine:a": ["success", ended, True, False],  # its id cannot be told from its folder, and another run goes on
        "no such run": [None, "None", True, False],
    }
    report_uri = found["tasks"]["reap_clusters"][1]
    assert report_uri == placed.layout.housekeeping_report(run_key(found["run"]))
    report = read_document(HousekeepingReport, report_uri, aws)
    assert {each.run: (each.id, each.action, each.reason) for each in report.clusters} == {
        "failed__1": (clusters["failed__1"], "terminated", "its run has ended (failed)"),
        "manual__2026-11-21T00:19:35+00:00": (
            clusters["manual__2026-11-21T00:19:35+00:00"],
            "kept",
            "its run is running",
        ),
        "mine:a": (clusters["mine:a"], "terminated", "its run has ended (success)"),
        "no such run": (clusters["no such run"], "terminated", "Airflow knows no such run"),
    }
    states = {run: emr.describe_cluster(ClusterId=each)["Cluster"]["Status"]["State"] for run, each in clusters.items()}
    assert [run for run, state in states.items() if state != "TERMINATED"] == ["manual__2026-11-21T00:19:35+00:00"]
    retention = read_document(RetentionReport, found["tasks"]["remove_expired"][1], aws)
    assert (retention.removed, retention.problems) == ([], [])


def _run(arguments: list[str], environment: dict[str, str]) -> None:
    command = [sys.executable, "-W", "ignore", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]
