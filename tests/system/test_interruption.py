"""However a command ends, it leaves nothing running that it started."""

from __future__ import annotations

import os
import signal
import socket
from typing import Any

import psutil
import pytest

from tests.system.conftest import CommandLine, interrupt, until

pytestmark = pytest.mark.timeout(600)

INTERRUPTED = 130
UNUSABLE = 2


def supervisor(tools: CommandLine) -> psutil.Process:
    return psutil.Process(int((tools.home / "supervisord.pid").read_text()))


def spark_runs(tools: CommandLine) -> bool:
    """Whether a job of ours has its JVM; the local AWS also starts one of its own to warm up."""
    return any("SparkSubmit" in words and "clean_ratings" in words for words in tools.processes().values())


def test_a_busy_port_is_one_clear_error_and_starts_nothing(tools: Any) -> None:
    with socket.create_server(("127.0.0.1", tools.settings.mlflow_port)):
        status, output = tools.run("up", seconds=60)
    assert status == UNUSABLE
    words = " ".join(output.split())
    assert f"Error: Port {tools.settings.mlflow_port} is in use by process {os.getpid()}" in words
    assert words.endswith("Free it, or set PENSTOCK_MLFLOW_PORT to a free port. Nothing was started.")
    assert tools.processes() == {}


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_up_interrupted_leaves_no_process(tools: Any, signum: signal.Signals) -> None:
    process = tools.start("up")
    until(lambda: sum("airflow" in words for words in tools.processes().values()) >= 2, 60, "Airflow starts")
    interrupt(process, signum)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == INTERRUPTED, output
    assert output.splitlines()[-1] == "Stopped."
    assert tools.processes() == {}


def test_a_demo_interrupted_while_spark_works_leaves_no_process(tools: Any) -> None:
    process = tools.start("demo")
    until(lambda: spark_runs(tools), 180, "Spark works")
    interrupt(process, signal.SIGINT)
    output, _ = process.communicate(timeout=90)
    assert process.returncode == INTERRUPTED, output
    assert tools.processes() == {}


def test_a_stack_that_was_up_survives_an_interrupted_demo_and_its_run_ends(tools: Any) -> None:
    status, output = tools.run("up")
    assert status == 0, output
    process = tools.start("demo")
    until(lambda: spark_runs(tools), 120, "Spark works")
    interrupt(process, signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == INTERRUPTED, output
    assert tools.run("status")[0] == 0
    until(lambda: not spark_runs(tools), 60, "the run's Spark job has ended")


def test_down_finds_everything_when_the_supervisor_was_killed(tools: Any) -> None:
    """Runs after the one before, whose stack is up."""
    supervisor(tools).kill()
    assert len(tools.processes()) > 4
    status, output = tools.run("down", seconds=60)
    assert status == 0, output
    assert "also ended" in output
    assert tools.processes() == {}
    assert tools.run("status")[0] == 1
