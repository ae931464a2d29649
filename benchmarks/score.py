"""Top k for every user, MLlib's way and Penstock's: ``python benchmarks/score.py``, beside the other local tools.

Generated factors of MovieLens-20M's shape; smaller with --users and --items. MLlib's side reads the model and writes
the table of recommendForAllUsers. Penstock writes the same table, and as a whole job also counts and reports who and
what has no scores, for which it reads all ratings. All of them run in PENSTOCK_SPARK_PYTHON.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from harness.comparison import Side, compare
from harness.document import publish

HERE = Path(__file__).parent
SPARK_PYTHON = os.environ.get("PENSTOCK_SPARK_PYTHON", str(HERE.parent / ".venv/spark/bin/python"))
NOTES = "\nCold is the first job in a fresh session, warm the same again; the session's start is in neither."
NAMES = {
    "mllib": "ALSModel.recommendForAllUsers",
    "table": "Penstock, the same table",
    "keep": "Penstock, the whole job",
    "exclude": "Penstock, the whole job, seen items excluded",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=138_493)
    parser.add_argument("--items", type=int, default=26_744)
    parser.add_argument("--ratings", type=int, default=20_000_000)
    parser.add_argument("--rank", type=int, nargs="+", default=[10, 64])
    parser.add_argument("--k", type=int, nargs="+", default=[10, 100])
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--warm", type=int, default=2)
    options = parser.parse_args()
    for rank in options.rank:
        with tempfile.TemporaryDirectory() as folder:
            generate(Path(folder) / "data", options, rank)
            for k in options.k:
                sides = [side(name, f"{folder}/data", k, options.warm) for name in NAMES]
                publish(
                    f"score-{rank}-{k}",
                    title=f"Top {k} for {options.users:,} users out of {options.items:,} items, rank {rank}",
                    command=shlex.join(["python", "benchmarks/score.py", *sys.argv[1:]]),
                    comparison=compare(sides, repetitions=options.repetitions),
                    notes=NOTES,
                )


def generate(folder: Path, options: argparse.Namespace, rank: int) -> None:
    sizes = {"users": options.users, "items": options.items, "rank": rank, "ratings": options.ratings}
    argv = [SPARK_PYTHON, str(HERE / "recommender_data.py"), str(folder)]
    subprocess.run([*argv, *(f"--{name}={value}" for name, value in sizes.items())], check=True)


def side(name: str, data: str, k: int, warm: int) -> Side:
    argv = [SPARK_PYTHON, str(HERE / "recommender_side.py"), name, data, f"--k={k}", f"--warm={warm}"]
    return Side(name=NAMES[name], argv=argv)


if __name__ == "__main__":
    main()
