"""The record of calls: who asked for what, with which tags, and how it was answered."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local_aws.recording.named import identifiers, parameters, tags
from local_aws.recording.objects import operation
from local_aws.recording.roles import RoleKeysError, parse_role_keys, role_name
from tests.local_aws.conftest import BUCKET, SPARK_PYTHON, RunningServer, run_server

ROLE_KEYS = "airflow=AIRFLOW1:of-airflow nodes=NODES1:of-nodes"
TAGS = [{"Key": "team", "Value": "ml"}]
SCRIPT = """
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
spark.read.text("s3://lake/raw/names.txt").coalesce(1).write.mode("overwrite").parquet("s3://lake/runs/names")
"""


class Recording:
    """A server that records, and the lines since one last looked."""

    def __init__(self, server: RunningServer, path: Path) -> None:
        self.server, self.path, self._seen = server, path, 0

    def lines(self) -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.path.read_text().splitlines()]
        new, self._seen = found[self._seen :], len(found)
        for each in new:
            assert each.pop("time").endswith("Z")
        return new

    def client(self, service: str) -> Any:
        """A client that signs as the role airflow."""
        connection = self.server.connection
        s3_url = connection.pop("s3_endpoint_url")
        connection |= {"aws_access_key_id": "AIRFLOW1", "aws_secret_access_key": "of-airflow"}
        if service == "s3":
            connection["endpoint_url"] = s3_url
        return boto3.client(service, config=Config(retries={"max_attempts": 0}, proxies={}), **connection)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    root = tmp_path_factory.mktemp("aws")
    options = ("--record", str(root / "calls.jsonl"), "--role-keys", ROLE_KEYS, "--spark-python", SPARK_PYTHON)
    with run_server(root, *options) as server:
        server.client("s3").create_bucket(Bucket=BUCKET)
        yield Recording(server, root / "calls.jsonl")


def line(service: str, name: str, status: int = 200, *, by: str = "airflow", **more: Any) -> dict[str, Any]:
    return {"principal": by, "service": service, "operation": name, **more, "status": status}


def test_objects(recording: Recording) -> None:
    recording.lines()
    s3 = recording.client("s3")
    s3.put_object(Bucket=BUCKET, Key="raw/a b.txt", Body=b"x" * 300_000)
    assert s3.get_object(Bucket=BUCKET, Key="raw/a b.txt")["Body"].read() == b"x" * 300_000
    s3.copy_object(Bucket=BUCKET, Key="raw/b", CopySource={"Bucket": BUCKET, "Key": "raw/a b.txt"})
    s3.list_objects_v2(Bucket=BUCKET, Prefix="raw/")
    s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "raw/b"}]})
    with pytest.raises(ClientError):
        s3.head_object(Bucket=BUCKET, Key="raw/b")
    a = {"Bucket": BUCKET, "Key": "raw/a b.txt"}
    assert recording.lines() == [
        line("s3", "PutObject", resources=a),
        line("s3", "GetObject", resources=a),
        line("s3", "CopyObject", resources={"Bucket": BUCKET, "Key": "raw/b", "CopySource": "lake/raw/a b.txt"}),
        line("s3", "ListObjectsV2", resources={"Bucket": BUCKET, "Prefix": "raw/"}),
        line("s3", "DeleteObjects", resources={"Bucket": BUCKET, "Prefix": "", "Keys": ["raw/b"]}),
        line("s3", "HeadObject", 404, resources={"Bucket": BUCKET, "Key": "raw/b"}),
    ]


def test_a_signature_of_nobody_is_recorded_as_nobodys(recording: Recording) -> None:
    recording.lines()
    connection = recording.server.connection | {"aws_access_key_id": "NOBODY"}
    connection.pop("s3_endpoint_url")
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        boto3.client("emr", config=Config(retries={"max_attempts": 0}, proxies={}), **connection).list_clusters()
    assert recording.lines() == [line("emr", "ListClusters", 400, by="")]


def test_a_call_has_the_tags_that_it_gives_and_that_its_resource_has(recording: Recording) -> None:
    recording.lines()
    emr = recording.client("emr")
    cluster = emr.run_job_flow(
        Name="c", Instances={"KeepJobFlowAliveWhenNoSteps": True}, JobFlowRole="nodes", ServiceRole="emr", Tags=TAGS
    )["JobFlowId"]
    emr.terminate_job_flows(JobFlowIds=[cluster])
    roles = {"JobFlowRole": "nodes", "ServiceRole": "emr"}
    made, ended = recording.lines()
    assert made == line("emr", "RunJobFlow", resources={"Name": "c", **roles}, request_tags={"team": "ml"})
    carried = {"resources": {"JobFlowIds.0": cluster}, "resource_tags": {cluster: {"team": "ml"}}}
    assert ended == line("emr", "TerminateJobFlows", **carried)


def test_an_application_of_emr_serverless(recording: Recording) -> None:
    recording.lines()
    serverless = recording.client("emr-serverless")
    application = serverless.create_application(name="a", releaseLabel="emr-7.1.0", type="SPARK", tags={"team": "ml"})
    serverless.get_application(applicationId=application["applicationId"])
    made, got = recording.lines()
    assert made == line("emr-serverless", "CreateApplication", resources={"name": "a"}, request_tags={"team": "ml"})
    named = application["applicationId"]
    carried = {"resources": {"applicationId": named}, "resource_tags": {named: {"team": "ml"}}}
    assert got == line("emr-serverless", "GetApplication", **carried)


def test_what_spark_reads_and_writes_is_its_roles(recording: Recording) -> None:
    server = recording.server
    server.put("raw/names.txt", "Ann\nBob\n")
    step = {
        "Name": "s",
        "HadoopJarStep": {
            "Jar": "command-runner.jar",
            "Args": ["spark-submit", server.put("code/names.py", SCRIPT)],
        },
    }
    recording.lines()
    cluster = server.client("emr").run_job_flow(
        Name="c",
        LogUri=f"s3://{BUCKET}/logs",
        Instances={"KeepJobFlowAliveWhenNoSteps": False},
        JobFlowRole="nodes",
        ServiceRole="emr",
        Steps=[step],
    )["JobFlowId"]
    server.client("emr").get_waiter("cluster_terminated").wait(
        ClusterId=cluster, WaiterConfig={"Delay": 1, "MaxAttempts": 240}
    )
    found = {
        (each["service"], each["operation"], each["resources"]["Key"].replace(cluster, "CLUSTER").split("/part-")[0])
        for each in recording.lines()
        if each["principal"] == "nodes" and each["status"] == 200
    }
    logs = {each for each in found if each[2].startswith("logs/")}
    assert {each[2].split("/")[1:3] == ["CLUSTER", "steps"] for each in logs} == {True}
    assert {(service, operation) for service, operation, _ in logs} == {("s3", "PutObject")}
    assert found - logs >= {
        ("hadoop", "open", "raw/names.txt"),
        ("hadoop", "getFileStatus", "raw/names.txt"),
        ("hadoop", "create", "runs/names/_SUCCESS"),
        ("hadoop", "delete", "runs/names/_temporary"),
    }
    assert {each[2].split("/")[0] for each in found - logs} == {"code", "raw", "runs"}


@pytest.mark.parametrize(
    ("method", "address", "headers", "expected"),
    [
        ("GET", "/", {}, ("ListBuckets", {})),
        ("GET", "/b?location", {}, ("GetBucketLocation", {"Bucket": "b", "Prefix": ""})),
        ("GET", "/b/?prefix=x%2Fy", {}, ("ListObjects", {"Bucket": "b", "Prefix": "x/y"})),
        ("HEAD", "/b", {}, ("HeadBucket", {"Bucket": "b", "Prefix": ""})),
        ("POST", "/b/k?uploads", {}, ("CreateMultipartUpload", {"Bucket": "b", "Key": "k"})),
        ("PUT", "/b/k?partNumber=1&uploadId=u", {}, ("UploadPart", {"Bucket": "b", "Key": "k"})),
        ("POST", "/b/k?uploadId=u", {}, ("CompleteMultipartUpload", {"Bucket": "b", "Key": "k"})),
        ("DELETE", "/b/k?uploadId=u", {}, ("AbortMultipartUpload", {"Bucket": "b", "Key": "k"})),
        ("DELETE", "/b/k", {}, ("DeleteObject", {"Bucket": "b", "Key": "k"})),
        (
            "PUT",
            "/b/k",
            {"x-amz-copy-source": "/c/d%20e"},
            ("CopyObject", {"Bucket": "b", "Key": "k", "CopySource": "c/d e"}),
        ),
    ],
)
def test_the_operation_of_a_request(
    method: str, address: str, headers: dict[str, str], expected: tuple[str, dict[str, str]]
) -> None:
    assert operation(method, address, headers) == expected


def test_what_a_request_names() -> None:
    given = {
        "Name": "c",
        "Instances": {"InstanceGroups": [{"Name": "master"}], "Ec2SubnetId": "subnet-1"},
        "Steps": [{"HadoopJarStep": {"Args": ["--secret=x"], "Properties": [{"Key": "Name"}]}}],
        "AutoTerminationPolicy": {"IdleTimeout": 600},
        "Arguments": {"--table_name": "secret", "--drift_warn": "0.1"},
        "warn": "0.1",
        "Tags": [{"Key": "team", "Value": "ml"}],
    }
    assert identifiers(given) == {
        "Name": "c",
        "Instances.InstanceGroups.0.Name": "master",
        "Instances.Ec2SubnetId": "subnet-1",
        "AutoTerminationPolicy.IdleTimeout": "600",
    }
    assert tags(given) == tags({"tags": {"team": "ml"}}) == {"team": "ml"}
    assert tags({}) == {}


def test_the_parameters_of_a_path() -> None:
    environ = {"PATH_INFO": "/applications/a1/jobruns/r1", "QUERY_STRING": "attempt=1"}
    found = {"applicationId": "a1", "jobRunId": "r1", "attempt": "1"}
    assert parameters("emr-serverless", "GetJobRun", environ, b"") == found
    form = {"PATH_INFO": "/", "CONTENT_TYPE": "application/x-www-form-urlencoded"}
    assert parameters("sts", "AssumeRole", form, b"RoleArn=a%3Ab") == {"RoleArn": "a:b"}


def test_keys_of_roles() -> None:
    found = parse_role_keys(ROLE_KEYS)
    assert [(each.role, each.id, each.secret) for each in found.values()] == [
        ("airflow", "AIRFLOW1", "of-airflow"),
        ("nodes", "NODES1", "of-nodes"),
    ]
    assert parse_role_keys("") == {}
    with pytest.raises(RoleKeysError, match=r"^--role-keys: number 2, which begins with 'b', is not ROLE="):
        parse_role_keys("a=KEY:SECRET b=KEY")
    assert role_name("arn:aws:iam::123456789012:role/service-role/nodes") == role_name("nodes") == "nodes"
