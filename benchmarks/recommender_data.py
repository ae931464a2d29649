"""Generated factors in MLlib's own format, and ratings with a power law over users and items: seeded, any size.

Usage: recommender_data.py FOLDER --users 138493 --items 26744 --rank 10 --ratings 20000000, in Spark's environment.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILES = 8
ROWS_AT_ONCE = 500_000
METADATA = {
    "class": "org.apache.spark.ml.recommendation.ALSModel",
    "timestamp": 0,
    "sparkVersion": "3.5.6",
    "uid": "ALS_generated",
    "paramMap": {"userCol": "user_id", "itemCol": "item_id"},
    "defaultParamMap": {"blockSize": 4096, "coldStartStrategy": "nan", "predictionCol": "prediction"},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--users", type=int, required=True)
    parser.add_argument("--items", type=int, required=True)
    parser.add_argument("--rank", type=int, required=True)
    parser.add_argument("--ratings", type=int, required=True)
    options = parser.parse_args()
    rng = np.random.default_rng(options.rank)
    users = np.arange(1, options.users + 1, dtype=np.int32)
    items = np.sort(rng.choice(4 * options.items, options.items, replace=False)).astype(np.int32)
    model = options.folder / "model"
    write_factors(model / "userFactors", users, options.rank, rng)
    write_factors(model / "itemFactors", items, options.rank, rng)
    (model / "metadata").mkdir()
    (model / "metadata" / "part-00000").write_text(json.dumps({**METADATA, "rank": options.rank}) + "\n")
    if options.ratings:
        write_ratings(options.folder, users, items, options.ratings, rng)


def write_factors(folder: Path, ids: NDArray[np.int32], rank: int, rng: np.random.Generator) -> None:
    folder.mkdir(parents=True)
    for number, start in enumerate(range(0, len(ids), max(1, min(ROWS_AT_ONCE, -(-len(ids) // FILES))))):
        part = ids[start : start + min(ROWS_AT_ONCE, -(-len(ids) // FILES))]
        values = rng.standard_normal(len(part) * rank, dtype=np.float32)
        features = lists(np.arange(len(part) + 1) * rank, values)
        pq.write_table(pa.table({"id": part, "features": features}), folder / f"part-{number:05d}.parquet")


def write_ratings(
    folder: Path, users: NDArray[np.int32], items: NDArray[np.int32], total: int, rng: np.random.Generator
) -> None:
    """`ratings` as penstock.tables.RATINGS and `histories` as HISTORIES; repeated draws fall together."""
    activity = rng.pareto(1.2, len(users)) + 0.3
    counts = np.minimum((activity / activity.sum() * total * 1.6).astype(int) + 5, len(items) // 3)
    weights = rng.permutation(1 / (np.arange(len(items)) + 20.0))
    cumulated = np.cumsum(weights / weights.sum())
    drawn = np.minimum(np.searchsorted(cumulated, rng.random(counts.sum())), len(items) - 1)
    keys = np.unique(np.repeat(np.arange(len(users)), counts) * 2**32 + drawn)
    owner, item = keys >> 32, items[keys & 0xFFFFFFFF]
    offsets = np.searchsorted(owner, np.arange(len(users) + 1))
    for name in ("ratings", "histories"):
        (folder / name).mkdir(parents=True)
    for number in range(FILES):
        first, last = (len(users) * edge // FILES for edge in (number, number + 1))
        rows = slice(offsets[first], offsets[last])
        size = offsets[last] - offsets[first]
        table: dict[str, Any] = {"user_id": users[owner[rows]], "item_id": item[rows]}
        table["rating"] = (rng.integers(1, 11, size) / 2).astype(np.float32)
        table["rated_at"] = rng.integers(10**9, 11 * 10**8, size)
        pq.write_table(pa.table(table), folder / "ratings" / f"part-{number:05d}.parquet")
        seen = lists(offsets[first : last + 1] - offsets[first], item[rows])
        laid_out = pa.table({"user_id": users[first:last], "item_ids": seen})
        pq.write_table(laid_out, folder / "histories" / f"part-{number:05d}.parquet")


def lists(offsets: NDArray[Any], values: NDArray[Any]) -> pa.ListArray:
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(values))


if __name__ == "__main__":
    main()
