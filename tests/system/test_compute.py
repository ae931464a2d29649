"""The same workflow where its jobs run elsewhere: on EMR Serverless, and on a cluster that somebody else keeps."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from penstock.cost import Cost
from penstock.deployment import Deployment
from penstock.documents import ScoreReport
from penstock.layout import run_key, split_uri
from tests.system.conftest import CommandLine, until
from tools.airflow_api import UNFINISHED, AirflowApi
from tools.credentials import load_or_create
from tools.settings import REPOSITORY
from tools.stack import aws

pytestmark = pytest.mark.timeout(900)

SERVERLESS, SHARED = "serverless_recommender", "shared_recommender"
COMPUTE: dict[str, dict[str, Any]] = {
    SERVERLESS: {"serverless": {"release_label": "emr-7.13.0", "max_vcpu": 16, "max_memory_gb": 64}},
    SHARED: {"existing_cluster": {"name": "analytics", "tags": {"team": "data-science"}}},
}
RUN = "by-hand"
SHARED_CLUSTER = {
    "Name": "analytics",
    "ReleaseLabel": "emr-7.13.0",
    "Instances": {"InstanceCount": 1, "MasterInstanceType": "m7g.xlarge", "KeepJobFlowAliveWhenNoSteps": True},
    "JobFlowRole": "penstock-emr-ec2",
    "ServiceRole": "penstock-emr",
    "Tags": [{"Key": "team", "Value": "data-science"}],
}


def workflows(folder: Path) -> Path:
    """Two workflows of one model each: copies of the DAG file, and YAMLs that differ in the compute."""
    shutil.copytree(REPOSITORY / "dags", folder, ignore=shutil.ignore_patterns("__pycache__"))
    spec = yaml.safe_load((folder / "specs" / "movie_recommender.yaml").read_text())
    ranker = spec["models"]["movie_recommender"]
    for name, compute in COMPUTE.items():
        values = {key: value for key, value in spec.items() if key != "cluster"} | compute
        values |= {"models": {name: ranker}, "scoring": {**spec["scoring"], "model": name}}
        (folder / "specs" / f"{name}.yaml").write_text(yaml.safe_dump(values))
        shutil.copy(folder / "movie_recommender.py", folder / f"{name}.py")
    for each in ("movie_recommender.py", "housekeeping.py"):
        (folder / each).unlink()
    return folder


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    command_line = CommandLine(home=tmp_path_factory.mktemp("compute"))
    command_line.environment["PENSTOCK_DAGS"] = str(workflows(tmp_path_factory.mktemp("dags") / "dags"))
    status, output = command_line.run("up")
    assert status == 0, output
    yield command_line
    command_line.run("down")


@pytest.fixture(scope="module")
def emr(tools: CommandLine) -> Any:
    return aws.client("emr", tools.settings, load_or_create(tools.settings.home))


@pytest.fixture(scope="module")
def shared_cluster(emr: Any) -> str:
    cluster: str = emr.run_job_flow(**SHARED_CLUSTER)["JobFlowId"]
    return cluster


@pytest.fixture(scope="module")
def states(tools: CommandLine, shared_cluster: str) -> dict[str, dict[str, str]]:
    """Run both, side by side; task states by workflow."""
    api = AirflowApi(tools.settings, load_or_create(tools.settings.home))
    for each in COMPUTE:
        until(lambda each=each: api.dag_parsed(each) or api.import_errors(), 90, f"{each} to be parsed")
        assert api.import_errors() == []
        api.trigger(each, RUN, conf={})
    deadline = time.monotonic() + 600
    while any(api.run(each, RUN)["state"] in UNFINISHED for each in COMPUTE) and time.monotonic() < deadline:
        time.sleep(1)
    found = {each: {task["task_id"]: task["state"] for task in api.tasks(each, RUN)} for each in COMPUTE}
    api.close()
    return found


def document(tools: CommandLine, uri: str) -> str:
    bucket, key = split_uri(uri)
    s3 = aws.client("s3", tools.settings, load_or_create(tools.settings.home))
    text: str = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    return text


def deployment(tools: CommandLine) -> Deployment:
    return Deployment.from_json(tools.settings.deployment_file.read_text(), "deployment.json")


@pytest.mark.parametrize(
    ("workflow", "own"), [(SERVERLESS, {"prepare_application", "measure_cost"}), (SHARED, {"find_cluster"})]
)
def test_the_same_work_succeeds_around_another_compute(
    states: dict[str, dict[str, str]], workflow: str, own: set[str]
) -> None:
    assert set(states[workflow].values()) == {"success"}
    around = {task for task in states[workflow] if "cluster" in task or task in {"prepare_application", "measure_cost"}}
    assert around == own


@pytest.mark.parametrize("workflow", [SERVERLESS, SHARED])
def test_the_documents_are_the_same(tools: CommandLine, states: dict[str, dict[str, str]], workflow: str) -> None:
    uri = deployment(tools).layout.run(workflow, run_key(RUN)).score_report(workflow)
    report = ScoreReport.from_json(document(tools, uri), uri)
    assert (report.k, report.users_without_scores) == (10, 0)
    assert report.table.rows == 10 * report.users > 0


def test_the_shared_cluster_ran_the_steps_and_is_still_there(
    emr: Any, shared_cluster: str, states: dict[str, dict[str, str]]
) -> None:
    steps = emr.list_steps(ClusterId=shared_cluster)["Steps"]
    assert sorted(each["Name"].partition(" ")[0] for each in steps) == ["evaluate", "score", "train"]
    assert {each["Status"]["State"] for each in steps} == {"COMPLETED"}
    assert emr.describe_cluster(ClusterId=shared_cluster)["Cluster"]["Status"]["State"] == "WAITING"
    assert [each["Id"] for each in emr.list_clusters()["Clusters"]] == [shared_cluster]


def test_the_job_runs_on_serverless_are_priced(tools: CommandLine, states: dict[str, dict[str, str]]) -> None:
    uri = deployment(tools).layout.run(SERVERLESS, run_key(RUN)).cost
    cost = Cost.from_json(document(tools, uri), uri)
    assert cost.simulated
    names = {each.name.partition(" ")[0] for each in cost.lines}
    assert names == {"train_model", "evaluate_model", "score_users", f"local-{SERVERLESS}-clean_ratings"}
    assert json.loads(cost.to_json())["final"]
