"""Judging a recommender beside scoring every user with it: ``python benchmarks/evaluate.py``, beside the local tools.

Both sides are whole jobs over the same generated data. Judging splits the ratings, groups them by user, and judges two
contenders, the model and popularity, with 200 bootstrap resamples; scoring excludes seen items, which are laid out.
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

NAMES = {"exclude": "score, seen items excluded", "evaluate": "evaluate, 200 resamples"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=138_493)
    parser.add_argument("--items", type=int, default=26_744)
    parser.add_argument("--ratings", type=int, default=20_000_000)
    parser.add_argument("--rank", type=int, default=64)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--warm", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = f"{folder}/data"
        generate(Path(data), options, options.rank)
        argv = [SPARK_PYTHON, str(HERE / "recommender_side.py")]
        sides = [Side(name=NAMES[each], argv=[*argv, each, data, f"--warm={options.warm}"]) for each in NAMES]
        publish(
            "evaluate",
            title=f"Judging and scoring {options.users:,} users and {options.items:,} items, rank {options.rank}",
            command=shlex.join(["python", "benchmarks/evaluate.py", *sys.argv[1:]]),
            comparison=compare(sides, repetitions=options.repetitions),
            notes=NOTES,
        )


if __name__ == "__main__":
    main()
