"""The service's kernel alone, in its environment: one request after the other, on one core, without HTTP.

Usage: serve_kernel.py BUNDLE --requests 2000, with PYTHONPATH=.:benchmarks
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import numpy as np

from harness.report import measured
from serving.bundle import open_bundle
from serving.ranking import Ranker


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--requests", type=int, default=2_000)
    options = parser.parse_args()
    before = resident_mb()
    began = time.perf_counter()
    bundle = open_bundle(options.bundle)
    opened = time.perf_counter()
    ranker = Ranker(bundle)
    ready = time.perf_counter()
    rng = np.random.default_rng(1)
    told = {"open_s": opened - began, "prepare_s": ready - opened}
    for name, genre in (("all", None), ("genre", 0)):
        users = rng.integers(0, bundle.users, options.requests).tolist()
        times = np.array([timed(ranker, user, genre) for user in users])
        told |= {f"{name}_p50_ms": np.percentile(times, 50), f"{name}_p99_ms": np.percentile(times, 99)}
        told[f"{name}_per_s"] = 1000 / times.mean()
    rows = bundle.item_factors
    scans = [scan(rows, bundle.user_factors[user]) for user in users[: max(20, options.requests // 10)]]
    told["product_p50_ms"] = float(np.median(scans))
    told |= {"import_mb": before, "resident_mb": resident_mb()}
    measured(**{name: float(value) for name, value in told.items()})


def timed(ranker: Ranker, user: int, genre: int | None) -> float:
    began = time.perf_counter()
    ranker.for_user(user, n=10, genre=genre)
    return (time.perf_counter() - began) * 1000


def scan(rows: np.ndarray, vector: np.ndarray) -> float:
    """The matrix product alone: what memory and BLAS allow."""
    began = time.perf_counter()
    _ = rows @ vector
    return (time.perf_counter() - began) * 1000


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
