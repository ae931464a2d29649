"""A catalogue that no task could hold: ``python benchmarks/catalogue.py``, in the environment of the local tools.

Ten million generated items of rank 64 (2.5 GB of factors) for few users, each Python worker capped at 2 GB of address
space (spark.executor.pyspark.memory).
"""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
from pathlib import Path

from harness.comparison import Side, compare
from harness.document import publish
from score import HERE, NOTES, SPARK_PYTHON, generate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--items", type=int, default=10_000_000)
    parser.add_argument("--ratings", type=int, default=20_000)
    parser.add_argument("--task-memory", type=int, default=2_000, help="MB")
    parser.add_argument("--repetitions", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = f"{folder}/data"
        generate(Path(data), options, 64)
        argv = [SPARK_PYTHON, str(HERE / "recommender_side.py"), "exclude", data, "--warm=0", "--memory=2g"]
        side = Side(name="Penstock, items in blocks", argv=[*argv, f"--task-memory={options.task_memory}"])
        publish(
            "catalogue",
            title=f"Top 10 for {options.users:,} users out of {options.items:,} items, rank 64",
            command=shlex.join(["python", "benchmarks/catalogue.py", *sys.argv[1:]]),
            comparison=compare([side], repetitions=options.repetitions),
            notes=f"{NOTES}\nEach Python worker was limited to {options.task_memory:,} MB of address space.",
        )


if __name__ == "__main__":
    main()
