"""Trees of MLlib and of xgboost.spark on the same generated rows: the time of a fit, the accuracy on held-out rows.

Usage: .venv/local/bin/python benchmarks/trees.py [--rows 5000000] [--features 20] [--repetitions 3]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

BENCHMARKS = Path(__file__).parent
ROOT = BENCHMARKS.parent
sys.path[:0] = [str(BENCHMARKS)]

from harness.comparison import Side, compare  # noqa: E402
from harness.document import publish  # noqa: E402

SPARK_PYTHON = os.environ.get("PENSTOCK_SPARK_PYTHON", str(ROOT / ".venv/spark/bin/python"))
SIDES = {
    "tree": "MLlib, one tree of depth 10",
    "one": "xgboost.spark, one tree of depth 10",
    "gbt": "MLlib, 20 boosted trees of depth 5",
    "boosted": "xgboost.spark, 20 boosted trees of depth 5",
}
CHUNK = 1_000_000
SEED = 42
NOISE = 0.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--features", type=int, default=20)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--memory", default="8g", help="heap of the driver, which is also the executor")
    parser.add_argument("--sides", nargs="+", choices=list(SIDES), default=list(SIDES))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = generate(Path(folder), options.rows, options.features)
        given = [f"--table={table}", f"--cores={options.cores}", f"--memory={options.memory}"]
        script = str(BENCHMARKS / "sides/trees.py")
        sides = [
            Side(name=SIDES[each], argv=[SPARK_PYTHON, script, f"--side={each}", *given]) for each in options.sides
        ]
        comparison = compare(sides, repetitions=options.repetitions)
    notes = (
        f"\n{options.rows:,} generated rows x {options.features}, every tenth held out; `local[{options.cores}]`. "
        "`fit` reads Parquet, assembles and fits; `processor` is of all its processes: a busy machine changes it less "
        "than the clock's time."
    )
    called = f"python benchmarks/trees.py --rows {options.rows}"
    name, title = f"trees-{options.rows // 1000}k", f"Trees, {options.rows / 1e6:g}M rows"
    publish(name, title=title, command=called, comparison=comparison, notes=notes)


def generate(folder: Path, rows: int, features: int) -> Path:
    """A table of doubles and a label by steps and products of some of them, with noise; equal sizes, equal bytes."""
    random = np.random.default_rng(SEED)
    weights = random.normal(size=features)
    for start in range(0, rows, CHUNK):
        values = random.normal(size=(min(CHUNK, rows - start), features))
        score = np.sign(values) @ weights + 2 * values[:, 0] * values[:, 1] + values[:, 2] ** 2 - 1
        label = score + random.normal(0, NOISE * np.std(score), len(score)) > 0
        columns = {f"f{index}": values[:, index] for index in range(features)}
        table = pa.table({**columns, "label": label.astype(float), "held_out": np.arange(len(values)) % 10 == 0})
        parquet.write_table(table, folder / f"part-{start // CHUNK:03}.parquet")
    return folder


if __name__ == "__main__":
    main()
