"""A local AWS as a user starts it: a process of its own on free ports, spoken to by boto3."""

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import httpx
import psutil
import pytest
from botocore.config import Config

from local_aws.authentication.client import Signed

REPOSITORY = Path(__file__).resolve().parents[2]
SPARK_PYTHON = os.environ.get("PENSTOCK_SPARK_PYTHON", str(REPOSITORY / ".venv/spark/bin/python"))
BUCKET = "lake"
LOGS = f"s3://{BUCKET}/logs"
FAST_MINUTE = "0.5"
# Applications of seconds: Java's second compiler costs more than it gives.
JAVA_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
END_OF_STEP = {"COMPLETED", "FAILED", "CANCELLED"}
END_OF_RUN = {"SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(found: Callable[[], Any], seconds: float = 120.0) -> Any:
    """Return the first true answer; fail after the time."""
    deadline = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.01)
    return answer


@dataclass(kw_only=True)
class RunningServer:
    """A started server and clients of it."""

    root: Path
    state_file: Path
    process: subprocess.Popen[str]
    clients: dict[str, Any] = field(default_factory=dict)

    @property
    def connection(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.state_file.read_text())
        return found

    def client(self, service: str) -> Any:
        if service not in self.clients:
            connection = self.connection
            s3_url = connection.pop("s3_endpoint_url")
            if service == "s3":
                connection["endpoint_url"] = s3_url
            config = Config(retries={"max_attempts": 0}, proxies={})
            self.clients[service] = boto3.client(service, config=config, **connection)
        return self.clients[service]

    def put(self, key: str, body: str | bytes) -> str:
        """Upload an object and return its address."""
        self.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)
        return f"s3://{BUCKET}/{key}"

    def get(self, address: str) -> bytes:
        bucket, _, key = address.removeprefix("s3://").partition("/")
        body: bytes = self.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    def log(self, address: str) -> str:
        return gzip.decompress(self.get(address)).decode()

    def keys(self, prefix: str) -> list[str]:
        listed = self.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return [item["Key"] for item in listed.get("Contents", [])]

    def processes(self, chosen: Callable[[psutil.Process], bool] = lambda _: True) -> list[psutil.Process]:
        """Return the chosen processes that work below the server's folder, or name it on their command line."""
        found = []
        for process in psutil.process_iter():
            try:
                places = [process.cwd(), *process.cmdline()]
                ours = process.status() != psutil.STATUS_ZOMBIE and any(str(self.root) in place for place in places)
                if ours and chosen(process):
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return found

    def fault(self, kind: str, **order: Any) -> None:
        """Let a fault happen that needs no waiting for, and clear it."""
        with self.faults() as faults:
            faults.post("", json={"kind": kind, **order}).raise_for_status()

    @contextmanager
    def faults(self) -> Iterator[httpx.Client]:
        """Yield a client of the faults, which are all cleared afterwards."""
        connection = self.connection
        url = f"{connection['endpoint_url']}/_local_aws/faults"
        with httpx.Client(base_url=url, auth=Signed(connection), trust_env=False) as client:
            yield client
            client.delete("").raise_for_status()

    def close(self) -> None:
        for client in self.clients.values():
            client.close()
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=20)


@contextmanager
def run_server(root: Path, *options: str) -> Iterator[RunningServer]:
    """Start a server and yield it when it is ready."""
    state_file = root / "state" / "local-aws.json"
    argv = [sys.executable, "-m", "local_aws", "--root", str(root), "--state-file", str(state_file)]
    argv += ["--port", str(free_port()), "--s3-port", str(free_port()), "--no-warm-up", "--cores", "1", *options]
    process = subprocess.Popen(argv, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    server = RunningServer(root=root, state_file=state_file, process=process)
    try:
        eventually(lambda: state_file.exists() or process.poll() is not None)
        assert process.poll() is None, process.communicate()[0]
        yield server
    finally:
        server.close()


class Emr:
    """EMR requests, as short as the tests need them."""

    def __init__(self, server: RunningServer) -> None:
        self.client = server.client("emr")

    def create(self, steps: list[dict[str, Any]] | None = None, *, keep: bool = True, **request: Any) -> str:
        group = {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}
        instances = {"InstanceGroups": [group], "KeepJobFlowAliveWhenNoSteps": keep} | request.pop("Instances", {})
        request = {"Name": "test", "LogUri": LOGS, "ReleaseLabel": "emr-7.13.0"} | request
        answer = self.client.run_job_flow(
            ServiceRole="service",
            JobFlowRole="instance",
            Instances=instances,
            Steps=steps or [],
            **request,
        )
        return str(answer["JobFlowId"])

    def cluster(self, cluster_id: str) -> dict[str, Any]:
        return dict(self.client.describe_cluster(ClusterId=cluster_id)["Cluster"])

    def until(self, cluster_id: str, state: str) -> dict[str, Any]:
        """Return the cluster once it is in the state."""
        found = eventually(lambda: (now := self.cluster(cluster_id))["Status"]["State"] == state and now)
        return dict(found)

    @staticmethod
    def step(*args: str, on_failure: str = "CONTINUE", jar: str = "command-runner.jar") -> dict[str, Any]:
        return {"Name": args[0], "ActionOnFailure": on_failure, "HadoopJarStep": {"Jar": jar, "Args": list(args)}}

    def add(self, cluster_id: str, *steps: dict[str, Any]) -> list[str]:
        return list(self.client.add_job_flow_steps(JobFlowId=cluster_id, Steps=list(steps))["StepIds"])

    def status(self, cluster_id: str, step_id: str) -> dict[str, Any]:
        return dict(self.client.describe_step(ClusterId=cluster_id, StepId=step_id)["Step"]["Status"])

    def until_step(self, cluster_id: str, step_id: str, *states: str) -> dict[str, Any]:
        """Return the step's status once it is in one of the states, by default an end state."""
        wanted = set(states) or END_OF_STEP
        return dict(eventually(lambda: (now := self.status(cluster_id, step_id))["State"] in wanted and now, 60))

    def run(self, cluster_id: str, *args: str, **more: Any) -> tuple[str, dict[str, Any]]:
        """Add one step, wait for its end and return its id and status."""
        [step_id] = self.add(cluster_id, self.step(*args, **more))
        return step_id, self.until_step(cluster_id, step_id)

    def states(self, cluster_id: str) -> list[str]:
        """Return the states of all steps, in the order in which they were added."""
        steps = self.client.list_steps(ClusterId=cluster_id)["Steps"]
        return [step["Status"]["State"] for step in reversed(steps)]


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    root = tmp_path_factory.mktemp("aws")
    options = ("--spark-python", SPARK_PYTHON, "--seconds-per-minute", FAST_MINUTE, "--max-workers", "2")
    options += ("--java-options", JAVA_OPTIONS)
    with run_server(root, *options) as server:
        server.client("s3").create_bucket(Bucket=BUCKET)
        yield server


@pytest.fixture(scope="session")
def emr(aws: RunningServer) -> Emr:
    return Emr(aws)


@pytest.fixture(scope="session")
def cluster(emr: Emr) -> Iterator[str]:
    """A long-running cluster for steps that do not change it."""
    cluster_id = emr.create(
        Configurations=[
            {"Classification": "spark-defaults", "Properties": {"spark.sql.shuffle.partitions": "7"}},
            {
                "Classification": "spark-env",
                "Properties": {},
                "Configurations": [
                    {
                        "Classification": "export",
                        "Properties": {"FLAVOUR": "vanilla", "PYSPARK_PYTHON": "/usr/bin/none"},
                    }
                ],
            },
        ]
    )
    yield cluster_id
    emr.client.terminate_job_flows(JobFlowIds=[cluster_id])


@pytest.fixture
def faults(aws: RunningServer) -> Iterator[httpx.Client]:
    """A client of the faults; all are cleared after the test."""
    with aws.faults() as client:
        yield client


@pytest.fixture
def start_server(tmp_path: Path) -> Callable[..., Any]:
    """Start a server of the test's own."""
    return lambda *options: run_server(tmp_path, *options)


@pytest.fixture
def wait() -> Callable[..., Any]:
    """Wait for the first true answer of a function."""
    return eventually
