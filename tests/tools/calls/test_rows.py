"""Rows of calls: what stays equal from run to run."""

import json
from typing import Any

import pytest

from tools.calls.record import compare
from tools.calls.rows import Row, merged, mlflow_rows, rows
from tools.errors import ToolError
from tools.stack.aws import ACCOUNT


def row(call: dict[str, Any]) -> Row:
    given = {"time": "2026-01-01T00:00:00Z", "principal": "penstock-airflow", "status": 200, **call}
    (found,) = rows([json.dumps(given)])
    return found


@pytest.mark.parametrize(
    ("key", "folder"),
    [
        ("runs/d/manual-20260101/report/data.json", "runs/d/{run}/report/*"),
        ("runs/d/manual-20260101/report", "runs/d/{run}/report"),
        ("runs/d/", "runs/d/"),
        ("raw/movielens/ratings.csv", "raw/movielens/*"),
        ("models/m/c0ffee/stages/0/part-0", "models/m/*"),
        ("code/abc/jobs.zip", "code/*"),
        ("logs/j-1/steps/s-1/stderr.gz", "logs/*"),
        ("", ""),
    ],
)
def test_of_a_key_the_folders_of_the_layout_are_kept(key: str, folder: str) -> None:
    found = row({"service": "s3", "operation": "GetObject", "resources": {"Bucket": "penstock-local", "Key": key}})
    assert found["resources"] == {"Bucket": "{bucket}", "Key": folder}


def test_keys_that_are_removed_together_are_their_folders() -> None:
    named = {"Bucket": "penstock-local", "Keys": ["logs/a/b", "logs/c", "runs/d/r/model/m/x"]}
    found = row({"service": "s3", "operation": "DeleteObjects", "resources": named})
    assert found["resources"]["Keys"] == ["logs/*", "runs/d/{run}/model/*"]


def test_of_a_cluster_its_kind_is_kept_and_of_tags_the_deployments() -> None:
    tags = {"penstock:deployment": "local", "penstock:run": "r", "team": "ml"}
    call = {"service": "emr", "operation": "DescribeStep", "resource_tags": {"j-ABCDEFGHIJ123": tags}}
    assert row({**call, "resources": {"ClusterId": "j-ABCDEFGHIJ123", "StepId": "s-1"}}) == {
        "principal": "airflow",
        "service": "emr",
        "operation": "DescribeStep",
        "resources": {"ClusterId": "{cluster}"},
        "request_tags": {},
        "resource_tags": {"penstock:deployment": "{deployment}", "penstock:run": "*", "team": "*"},
    }


def test_a_tag_of_another_deployment_is_no_tag_of_this_one() -> None:
    found = row({"service": "emr", "operation": "RunJobFlow", "request_tags": {"penstock:deployment": "prod"}})
    assert found["request_tags"] == {"penstock:deployment": "*"}


def test_roles_have_the_names_of_the_templates() -> None:
    roles = {"JobFlowRole": "penstock-emr-ec2", "ServiceRole": f"arn:aws:iam::{ACCOUNT}:role/penstock-emr"}
    found = row({"service": "emr", "operation": "RunJobFlow", "resources": {"Name": "c", **roles}})
    assert found["resources"] == {"JobFlowRole": "{role:node}", "ServiceRole": "{role:emr}"}


def test_of_an_application_its_kind_is_kept_and_of_a_job_run_its_role() -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/penstock-emr-serverless"
    named = {"applicationId": "q3yy7lr4bu970w2v", "executionRoleArn": role, "name": "train", "jobRunId": "r"}
    found = row({"service": "emr-serverless", "operation": "StartJobRun", "resources": named})
    assert found["resources"] == {"applicationId": "{application}", "executionRoleArn": "{role:serverless}"}


def test_what_the_stacks_owner_calls_is_no_workflows() -> None:
    call = {"principal": "owner", "service": "emr", "operation": "ListClusters", "status": 200}
    assert list(rows([json.dumps(call)])) == []


def test_each_call_is_one_row_and_they_are_sorted() -> None:
    one, other = (row({"service": "emr", "operation": each}) for each in ("ListClusters", "DescribeCluster"))
    assert merged([one, other, dict(one)]) == [other, one]


def test_mlflows_access_log() -> None:
    log = """
INFO:     127.0.0.1:1 - "GET /health HTTP/1.1" 200 OK
INFO:     127.0.0.1:1 - "GET /api/2.0/mlflow/model-versions/search?max_results=1000 HTTP/1.1" 200 OK
INFO:     127.0.0.1:1 - "POST /api/2.0/mlflow/runs/create HTTP/1.1" 200 OK
"""
    assert [each["operation"] for each in mlflow_rows(log)] == [
        "GET mlflow/model-versions/search",
        "POST mlflow/runs/create",
    ]


def test_other_calls_than_the_known_ones_are_an_error() -> None:
    one, other = (row({"service": "emr", "operation": each}) for each in ("ListClusters", "DescribeCluster"))
    compare([one], [dict(one)])
    with pytest.raises(ToolError, match=r"(?s)  new: .*DescribeCluster.*  not made: .*ListClusters.*make record-calls"):
        compare([one], [other])
