"""A local AWS as its README starts it: a process of the project's own interpreter, met only through its state file."""

import gzip
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

REPOSITORY = Path(__file__).resolve().parents[2]
LOCAL_PYTHON = os.environ.get("PENSTOCK_LOCAL_PYTHON", str(REPOSITORY / ".venv/local/bin/python"))
SPARK_PYTHON = os.environ.get("PENSTOCK_SPARK_PYTHON", str(REPOSITORY / ".venv/spark/bin/python"))
QUICK_JAVA = "-XX:TieredStopAtLevel=1"


@dataclass(frozen=True, kw_only=True)
class LocalAws:
    """A running server: where it is, and the environment in which AWS's clients find it by themselves."""

    endpoint_url: str
    s3_endpoint_url: str
    aws_access_key_id: str
    aws_secret_access_key: str
    region_name: str

    def client(self, service: str) -> Any:
        """Return a client of boto3, for what a test asserts."""
        return boto3.client(
            service,
            endpoint_url=self.s3_endpoint_url if service == "s3" else self.endpoint_url,
            aws_access_key_id=self.aws_access_key_id,
            aws_secret_access_key=self.aws_secret_access_key,
            region_name=self.region_name,
        )

    def environment(self) -> dict[str, str]:
        """Return the variables that the README names."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ENDPOINT_URL_S3": self.s3_endpoint_url,
            "AWS_ACCESS_KEY_ID": self.aws_access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.aws_secret_access_key,
            "AWS_REGION": self.region_name,
            "AWS_DEFAULT_REGION": self.region_name,
        }

    def read(self, address: str) -> bytes:
        """Return an object of S3."""
        bucket, _, key = address.removeprefix("s3://").partition("/")
        body: bytes = self.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    def log(self, address: str) -> str:
        """Return a compressed log of S3 as text."""
        return gzip.decompress(self.read(address)).decode()

    def write(self, address: str, body: str) -> str:
        """Put an object into S3 and return its address."""
        bucket, _, key = address.removeprefix("s3://").partition("/")
        self.client("s3").put_object(Bucket=bucket, Key=key, Body=body.encode())
        return address


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def local_aws(root: Path, *, port: int | None = None, **environment: str) -> Iterator[LocalAws]:
    """Start a server whose data live in ``root``, with variables of its own, and yield it when it is ready."""
    state_file = root / "connection.json"
    options = ["--root", str(root), "--state-file", str(state_file), "--spark-python", SPARK_PYTHON]
    options += ["--port", str(port or free_port()), "--s3-port", str(free_port())]
    options += ["--cores", "1", "--no-warm-up", "--java-options", QUICK_JAVA]
    command = [LOCAL_PYTHON, "-m", "local_aws", *options]
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    process = subprocess.Popen(command, cwd=REPOSITORY, env=os.environ | environment, **output)
    try:
        wait_until_ready(process, state_file)
        yield LocalAws(**json.loads(state_file.read_text()))
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def wait_until_ready(process: subprocess.Popen[str], state_file: Path, seconds: float = 60.0) -> None:
    """Return when the state file is there; raise AssertionError with what the server printed if it ends or hangs."""
    deadline = time.monotonic() + seconds
    while not state_file.exists():
        assert process.poll() is None, f"the local AWS ended: {process.communicate()[0]}"
        assert time.monotonic() < deadline, f"the local AWS was not ready within {seconds:g} s"
        time.sleep(0.05)


def eventually(found: Callable[[], bool], seconds: float = 60.0) -> None:
    """Return when an answer is true; raise AssertionError after the time."""
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, f"not within {seconds:g} s"
        time.sleep(0.05)
