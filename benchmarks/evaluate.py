"""Judging a recommender beside scoring every user with it: ``python benchmarks/evaluate.py``, beside the local tools.

All over the same generated data. Scoring excludes seen items, which are laid out. The metrics of the lists exclude them
too, and begin when the ratings have been split and laid out. The whole job does that as well, predicts the held-out
ratings, judges popularity beside the model, and resamples the users and rows of the model 200 times.
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

NAMES = {
    "exclude": "score, seen items excluded",
    "judge": "the metrics of every user's list",
    "evaluate": "evaluate, the whole job",
}


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
