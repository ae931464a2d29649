"""The recommender trained by MLlib and by implicit: the whole job's time, and how well both rank.

Usage: .venv/local/bin/python benchmarks/train.py [--ratings 1000000] [--rank 64] [--repetitions 3] [--data FOLDER]
Times are of generated ratings. FOLDER holds MovieLens's ratings.csv; with it both engines are also judged on it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
from pyarrow import csv, parquet

BENCHMARKS = Path(__file__).parent
ROOT = BENCHMARKS.parent
sys.path[:0] = [str(BENCHMARKS), str(ROOT)]

from harness.comparison import Side, compare  # noqa: E402
from harness.document import publish  # noqa: E402
from tools.datasets import ratings  # noqa: E402

SPARK_PYTHON = os.environ.get("PENSTOCK_SPARK_PYTHON", str(ROOT / ".venv/spark/bin/python"))
ENGINES = {"mllib": "MLlib's ALS", "implicit": "implicit, on the driver"}
SIDE = BENCHMARKS / "sides/train.py"
PROCESSOR = "`processor` is of all processes of the job: a busy machine changes it less than the clock's time."
MOVIELENS_20M = (20_000_000, 138_000, 26_700)
"""Ratings, users, items."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ratings", type=int, default=1_000_000)
    parser.add_argument("--rank", type=int, default=64)
    parser.add_argument("--iterations", type=int, default=10)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--memory", default="8g", help="heap of the driver, which is also the executor")
    parser.add_argument("--table", type=Path, help="folder of Parquet ratings, instead of generated ones")
    parser.add_argument("--data", type=Path, help="folder with MovieLens's ratings.csv, to judge both engines")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        table, facts = describe(options.table) if options.table else generate(made, options.ratings)
        sides = [Side(name=name, argv=command(options, engine, table)) for engine, name in ENGINES.items()]
        comparison = compare(sides, repetitions=options.repetitions)
        notes = (
            f"\n{facts}; rank {options.rank}, {options.iterations} iterations, `local[{options.cores}]`.\n{PROCESSOR}"
        )
        if options.data:
            notes += "\n\n" + "\n".join(judged(options, made))
    given = [f"--{each} {getattr(options, each)}" for each in ("ratings", "rank", "repetitions")]
    called = " ".join(
        ["python benchmarks/train.py", *given, *([f"--data {options.data.name}"] if options.data else [])]
    )
    name = f"train-{options.ratings // 1_000_000}m"
    title = f"Training the recommender, {options.ratings / 1e6:g}M ratings"
    publish(name, title=title, command=called, comparison=comparison, notes=notes)


def generate(folder: Path, wanted: int) -> tuple[Path, str]:
    """A table of ratings in MovieLens 20M's proportions, and what is in it."""
    most, users, items = MOVIELENS_20M
    shape = ratings.Shape(
        users=max(100, users * wanted // most),
        items=max(400, int(items * (wanted / most) ** 0.5)),
        ratings=wanted,
    )
    ratings.generate(folder / "generated", shape)
    table = to_parquet(folder / "generated/ratings.csv", folder / "ratings")
    return describe(table)


def describe(table: Path) -> tuple[Path, str]:
    columns = parquet.read_table(table, columns=["user_id", "item_id"])
    users, items = (len(columns[name].unique()) for name in columns.column_names)
    return table, f"{columns.num_rows:,} generated ratings of {users:,} users and {items:,} items"


def to_parquet(file: Path, folder: Path, *, row_group: int = 1_000_000) -> Path:
    """The table as the ETL leaves it."""
    kinds = {"userId": pa.int32(), "movieId": pa.int32(), "rating": pa.float32(), "timestamp": pa.int64()}
    rows = csv.read_csv(file, convert_options=csv.ConvertOptions(column_types=kinds))
    rows = rows.rename_columns(["user_id", "item_id", "rating", "rated_at"])
    folder.mkdir(exist_ok=True)
    parquet.write_table(rows, folder / "part-0.parquet", row_group_size=row_group)
    return folder


def command(options: argparse.Namespace, engine: str, table: Path) -> list[str]:
    given = [f"--{name}={getattr(options, name)}" for name in ("rank", "iterations", "cores", "memory")]
    return [SPARK_PYTHON, str(SIDE), f"--engine={engine}", f"--table={table}", *given]


def judged(options: argparse.Namespace, folder: Path) -> list[str]:
    """NDCG@10 of both on MovieLens, with the bootstrap's intervals over users, and what they differ by, paired."""
    table = to_parquet(options.data / "ratings.csv", folder / "movielens")
    argv = [*command(options, "mllib", table), f"--judge={folder}"]
    output = subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True).stdout
    found = json.loads(output.splitlines()[-1])
    return [
        "| MovieLens latest-small, random 80/20 | NDCG@10 [95 %] |",
        "|---|---|",
        *(f"| {ENGINES[engine]} | {interval(found[engine])} |" for engine in ENGINES),
        f"| implicit less MLlib, paired over users | {interval(found['gain'])} |",
    ]


def interval(estimate: dict[str, float]) -> str:
    return f"{estimate['value']:.4f} [{estimate['low']:.4f}, {estimate['high']:.4f}]"


if __name__ == "__main__":
    main()
