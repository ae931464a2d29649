"""The command line: options, the state file, and that nothing is left behind."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from local_aws.authentication.client import Signed

REPOSITORY = Path(__file__).resolve().parents[2]
FORKING = "setsid sleep 600 & sleep 600"


def busy_cluster(server, wait) -> None:
    """Leave a cluster with a running step, one process of which has left its session."""
    answer = server.client("emr").run_job_flow(
        Name="busy",
        Instances={"KeepJobFlowAliveWhenNoSteps": True},
        Steps=[{"Name": "s", "HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["bash", "-c", FORKING]}}],
    )
    assert answer["JobFlowId"].startswith("j-")
    wait(lambda: len(server.processes(lambda process: "sleep" in process.name())) == 2)


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_everything(start_server, wait, signum):
    with start_server() as server:
        busy_cluster(server, wait)
        connection = server.connection
        server.process.send_signal(signum)
        output, _ = server.process.communicate(timeout=10)
        assert server.process.returncode == 0
        assert server.processes() == []
        assert not server.state_file.exists()
    assert "local AWS is ready" in output
    assert connection["endpoint_url"] in output
    assert connection["s3_endpoint_url"] in output
    assert connection["aws_secret_access_key"] not in output


def test_a_killed_server_takes_everything_with_it(start_server, wait):
    with start_server() as server:
        busy_cluster(server, wait)
        server.process.kill()
        wait(lambda: server.processes() == [], 5)


def test_the_state_file_says_how_to_connect_and_only_to_its_owner(start_server):
    with start_server("--access-key", "KEY", "--secret-key", "SECRET", "--region", "eu-west-1") as server:
        text = server.state_file.read_text()
        mode = stat.S_IMODE(server.state_file.stat().st_mode)
        ports = server.process.args
    assert json.loads(text) == {
        "endpoint_url": f"http://127.0.0.1:{ports[ports.index('--port') + 1]}",
        "s3_endpoint_url": f"http://127.0.0.1:{ports[ports.index('--s3-port') + 1]}",
        "aws_access_key_id": "KEY",
        "aws_secret_access_key": "SECRET",
        "region_name": "eu-west-1",
    }
    assert mode == 0o600


@pytest.mark.parametrize("option", ["port", "s3-port"])
def test_a_busy_port_is_said_before_anything_is_started(tmp_path, option):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        free = {"port": "0", "s3-port": "0"}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            free |= dict.fromkeys(free, str(probe.getsockname()[1]))
        ports = [part for name, value in (free | {option: port}).items() for part in (f"--{name}", value)]
        argv = [sys.executable, "-m", "local_aws", "--root", str(tmp_path), *ports]
        done = subprocess.run(argv, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=30)
    variable = {"port": "LOCAL_AWS_PORT", "s3-port": "LOCAL_AWS_S3_PORT"}[option]
    expected = f"port {port} is not free (Address already in use): choose another with --{option} or {variable}"
    assert done.returncode == 2
    assert expected in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_server_ends_with_an_error_when_s3_dies(start_server):
    with start_server() as server:
        [rclone] = [process for process in server.processes() if process.name() == "rclone"]
        os.kill(rclone.pid, signal.SIGKILL)
        output, _ = server.process.communicate(timeout=10)
        assert server.process.returncode == 1
        assert "S3 died: see " in output
        assert server.processes() == []


def test_objects_survive_a_restart(start_server):
    with start_server() as server:
        server.client("s3").create_bucket(Bucket="lake")
        server.put("kept", "value")
    with start_server() as server:
        assert server.get("s3://lake/kept") == b"value"


def test_without_spark_a_spark_step_says_what_to_set(start_server, wait):
    with start_server("--startup-delay", "0.3") as server:
        step = {"Name": "s", "HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["spark-submit", "x.py"]}}
        emr = server.client("emr")
        cluster = emr.run_job_flow(Name="n", Instances={"KeepJobFlowAliveWhenNoSteps": False}, Steps=[step])[
            "JobFlowId"
        ]
        assert emr.describe_cluster(ClusterId=cluster)["Cluster"]["Status"]["State"] == "STARTING"
        ended = ("TERMINATED", "TERMINATED_WITH_ERRORS")
        wait(lambda: emr.describe_cluster(ClusterId=cluster)["Cluster"]["Status"]["State"] in ended)
        [found] = emr.list_steps(ClusterId=cluster)["Steps"]
    assert "--spark-python or LOCAL_AWS_SPARK_PYTHON" in found["Status"]["FailureDetails"]["Message"]
    timeline = found["Status"]["Timeline"]
    assert (timeline["StartDateTime"] - timeline["CreationDateTime"]).total_seconds() >= 0.3


def test_step_logs_come_late_when_told_to_and_a_reset_ends_what_runs(start_server, wait):
    with start_server("--log-delay", "0.7") as server:
        server.client("s3").create_bucket(Bucket="lake")
        emr = server.client("emr")
        jar = {"Jar": "command-runner.jar", "Args": ["bash", "-c", "echo no >&2; exit 1"]}
        asked = {"Instances": {"KeepJobFlowAliveWhenNoSteps": True}, "LogUri": "s3://lake/logs"}
        step = {"Name": "s", "ActionOnFailure": "CONTINUE", "HadoopJarStep": jar}
        cluster = emr.run_job_flow(Name="n", Steps=[step], **asked)["JobFlowId"]
        found = wait(
            lambda: [s for s in emr.list_steps(ClusterId=cluster)["Steps"] if s["Status"]["State"] == "FAILED"]
        )
        log = found[0]["Status"]["FailureDetails"]["LogFile"]
        assert server.keys("logs/") == []
        wait(lambda: server.keys("logs/"), 5)
        assert server.log(log) == "no\n"
        busy_cluster(server, wait)
        signed = Signed(server.connection)
        url = f"{server.connection['endpoint_url']}/moto-api/reset"
        httpx.post(url, auth=signed, trust_env=False).raise_for_status()
        assert emr.list_clusters()["Clusters"] == []
        wait(lambda: not server.processes(lambda process: "sleep" in process.name()), 10)
        assert list((server.root / "clusters").iterdir()) == []


def test_help_names_every_option_and_its_variable():
    argv = [sys.executable, "-m", "local_aws", "--help"]
    env = os.environ | {"COLUMNS": "200"}
    shown = subprocess.run(argv, cwd=REPOSITORY, capture_output=True, text=True, check=True, env=env).stdout
    for name in (
        "root",
        "port",
        "s3-port",
        "spark-python",
        "cores",
        "access-key",
        "secret-key",
        "no-auth",
        "log-delay",
        "region",
        "state-file",
    ):
        assert f"--{name}" in shown
        assert f"LOCAL_AWS_{name.removeprefix('no-').replace('-', '_').upper()}" in shown
