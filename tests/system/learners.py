"""The workflows that learn from a table, and how the tests run, answer and read them."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from mlflow.tracking import MlflowClient

from penstock.layout import Run, run_key, split_uri
from tests.system.conftest import CommandLine, until
from tools.airflow_api import UNFINISHED, AirflowApi
from tools.credentials import load_or_create
from tools.settings import REPOSITORY
from tools.stack import aws

if TYPE_CHECKING:
    from penstock.deployment import Deployment

INCOME, SEGMENTS, TOPICS, CONVERSIONS = "income_classifier", "customer_segments", "topics", "conversion_model"
COMPUTE: dict[str, dict[str, Any]] = {
    SEGMENTS: {"serverless": {"release_label": "emr-7.13.0", "max_vcpu": 16, "max_memory_gb": 64}},
    CONVERSIONS: {"existing_cluster": {"name": "analytics", "tags": {"team": "data-science"}}},
}
"""Instead of a cluster of their own."""
CONF: dict[str, dict[str, Any]] = {INCOME: {}, SEGMENTS: {}, TOPICS: {}, CONVERSIONS: {"gate_mode": "approval"}}
READING_SECONDS = 8
LIGHT = (SEGMENTS, TOPICS, CONVERSIONS)
RUN = "by-hand"
SECONDS = 900
SHARED_CLUSTER = {
    "Name": "analytics",
    "ReleaseLabel": "emr-7.13.0",
    "Instances": {"InstanceCount": 1, "MasterInstanceType": "m7g.xlarge", "KeepJobFlowAliveWhenNoSteps": True},
    "JobFlowRole": "penstock-emr-ec2",
    "ServiceRole": "penstock-emr",
    "Tags": [{"Key": "team", "Value": "data-science"}],
}


def workflows(folder: Path) -> Path:
    """The shipped DAGs without those that other tests run; two YAMLs differ in the compute."""
    shutil.copytree(REPOSITORY / "dags", folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name, compute in COMPUTE.items():
        path = folder / "specs" / f"{name}.yaml"
        values = {key: value for key, value in yaml.safe_load(path.read_text()).items() if key != "cluster"}
        path.write_text(yaml.safe_dump(values | compute))
    for each in ("movie_recommender", "housekeeping", "explore_run"):
        (folder / f"{each}.py").unlink()
    return folder


def client(tools: CommandLine, service: str) -> Any:
    return aws.client(service, tools.settings, load_or_create(tools.settings.home))


def finish(api: AirflowApi, *workflows: str, run: str = RUN) -> None:
    until(lambda: all(api.run(each, run)["state"] not in UNFINISHED for each in workflows), SECONDS, str(workflows))


def answer(api: AirflowApi, option: str, note: str, run: str = RUN) -> str:
    """Answer what the reviewer is asked until the run is over; returns the question."""
    task, question = f"{CONVERSIONS}.approve_model", ""
    deadline = time.monotonic() + SECONDS
    while api.run(CONVERSIONS, run)["state"] in UNFINISHED:
        assert time.monotonic() < deadline, f"{run} has not ended within {SECONDS} s"
        if {each["task_id"]: each["state"] for each in api.tasks(CONVERSIONS, run)}[task] == "awaiting_input":
            # As a person would: a task that goes on within the scheduler's heartbeat after it paused, Airflow 3.3 may
            # take for one that has ended behind its back.
            time.sleep(READING_SECONDS)
            question = str(api._call("GET", question_path(run))["body"])
            response = {"chosen_options": [option], "params_input": {"note": note}}
            api._call("PATCH", question_path(run), json=response)
        time.sleep(1)
    return question


def question_path(run: str) -> str:
    return f"/dags/{CONVERSIONS}/dagRuns/{run}/taskInstances/{CONVERSIONS}.approve_model/-1/hitlDetails"


def place(deployment: Deployment, workflow: str, run: str = RUN) -> Run:
    return deployment.layout.run(workflow, run_key(run))


def text(tools: CommandLine, uri: str) -> str:
    bucket, key = split_uri(uri)
    found: str = client(tools, "s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    return found


def champion(tools: CommandLine) -> str:
    """The version that MLflow calls champion, asked over HTTP."""
    mlflow = MlflowClient(tracking_uri=tools.settings.mlflow_url)
    return str(mlflow.get_model_version_by_alias(CONVERSIONS, "champion").version)
