"""One side of benchmarks/train.py: the training job with one engine, or both judged on the same held-out rows."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT)]

from harness.report import measured  # noqa: E402
from penstock.jobs import Engine, EvaluateArgs, Objective, TrainArgs  # noqa: E402
from sides.session import processor_seconds, start  # noqa: E402

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from penstock.documents import Evaluation


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=list(Engine), required=True)
    parser.add_argument("--table", required=True)
    parser.add_argument("--rank", type=int, required=True)
    parser.add_argument("--iterations", type=int, required=True)
    parser.add_argument("--cores", type=int, required=True)
    parser.add_argument("--memory", required=True)
    parser.add_argument("--judge", default="", help="a folder for the models: judge both engines instead")
    options = parser.parse_args()
    spark = start(options.cores, options.memory)
    if options.judge:
        print(json.dumps(judge(spark, options)))
    else:
        with tempfile.TemporaryDirectory() as folder:
            began, before = time.monotonic(), processor_seconds()
            train(spark, options, options.engine, folder)
            measured(job_s=time.monotonic() - began, processor_s=processor_seconds() - before)
    spark.stop()


def train(spark: SparkSession, options: argparse.Namespace, engine: str, folder: str) -> str:
    """The model's location."""
    from spark_jobs import train as job  # noqa: PLC0415 - imports Spark

    grid = {"rank": [options.rank], "regParam": [0.1], "alpha": [1.0], "maxIter": [options.iterations]}
    args = TrainArgs(
        ratings_uri=options.table,
        model_uri=f"{folder}/{engine}",
        report_uri=f"{folder}/{engine}.json",
        engine=engine,
        grid=json.dumps(grid),
    )
    return job.run(spark, args).model_uri


def judge(spark: SparkSession, options: argparse.Namespace) -> dict[str, Any]:
    """NDCG@10 of each engine with intervals, and of implicit what it gains."""
    models = {engine: train(spark, options, engine, options.judge) for engine in Engine}
    mllib = evaluate(spark, options, models[Engine.MLLIB], "")
    implicit = evaluate(spark, options, models[Engine.IMPLICIT], models[Engine.MLLIB])
    found = {
        "mllib": mllib.intervals["ndcg_at_k"],
        "implicit": implicit.intervals["ndcg_at_k"],
        "gain": implicit.gains["ndcg_at_k"],
    }
    return {name: asdict(each) for name, each in found.items()}


def evaluate(spark: SparkSession, options: argparse.Namespace, model: str, champion: str) -> Evaluation:
    from spark_jobs import evaluate as job  # noqa: PLC0415 - imports Spark

    args = EvaluateArgs(
        ratings_uri=options.table,
        model_uri=model,
        champion_model_uri=champion,
        report_uri=f"{options.judge}/evaluation.json",
        objective=Objective.RANKING.value,
        resamples=1000,
    )
    return job.run(spark, args)


if __name__ == "__main__":
    main()
