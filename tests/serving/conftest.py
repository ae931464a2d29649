import os
import socket
import subprocess
import time
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
LOCAL_PYTHON = os.environ.get("PENSTOCK_LOCAL_PYTHON", str(REPOSITORY / ".venv/local/bin/python"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory):
    """The S3 of the local AWS (rclone): its folder of buckets, and the environment by which clients find it."""
    home, port = tmp_path_factory.mktemp("s3"), free_port()
    buckets = home / "buckets"
    (buckets / "lake").mkdir(parents=True)
    command = [
        str(Path(LOCAL_PYTHON).with_name("rclone")),
        *("serve", "s3", "--addr", f"127.0.0.1:{port}", "--dir-cache-time", "0s", "--log-level", "NOTICE"),
        str(buckets),
    ]
    environment = {"RCLONE_AUTH_KEY": '"key,secret"', "RCLONE_CONFIG": "", "HOME": str(home), "PATH": "/usr/bin:/bin"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield (
            buckets,
            {
                "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}",
                "AWS_ACCESS_KEY_ID": "key",
                "AWS_SECRET_ACCESS_KEY": "secret",
                "AWS_DEFAULT_REGION": "us-east-1",
            },
        )
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def s3(s3_server, monkeypatch):
    """The folder behind s3://lake; this process's AWS clients speak to it."""
    buckets, environment = s3_server
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return buckets / "lake"


def _wait_for(port, process):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail(f"rclone serves nothing on port {port}")
