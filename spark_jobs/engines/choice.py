"""The estimator of the engine that a spec has chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyspark.sql import functions as F

from penstock.errors import ArgumentError
from penstock.jobs import Engine, Objective, TrainArgs
from penstock.spark_settings import als_blocks
from spark_jobs.als import ALGORITHMS, estimator
from spark_jobs.engines.implicit_als import ImplicitALS, threads_of
from spark_jobs.engines.memory import bytes_available, check_memory

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def check_engine(args: TrainArgs) -> None:
    """Raises ArgumentError for an engine that does not have the objective."""
    if (Engine(args.engine), Objective(args.objective)) not in ALGORITHMS:
        raise ArgumentError(
            f"{args.script}: --engine={args.engine} ranks and predicts no ratings; use --engine=mllib, or "
            "--objective=ranking"
        )


def learner(args: TrainArgs, ratings: DataFrame, *, rows: int, rank: int) -> tuple[Any, str]:
    """An estimator for at most `rows` ratings and `rank` factors (0: the default), and how it fits, for the log.

    Raises DataError if `implicit` would need more memory than it may use, DeploymentError where it is not installed.
    """
    spark = ratings.sparkSession
    if Engine(args.engine) is Engine.MLLIB:
        blocks = args.blocks or als_blocks(rows, spark.sparkContext.defaultParallelism)
        return estimator(Objective(args.objective), blocks=blocks, seed=args.seed), f"with {blocks} blocks"
    als = ImplicitALS(rows=rows, seed=args.seed, threads=threads_of(spark))
    distinct = [F.approx_count_distinct(name) for name in ("user_id", "item_id")]
    users, items = ratings.agg(*distinct).collect()[0]
    available = bytes_available(args.engine_memory_gb)
    check_memory(ratings=rows, users=users, items=items, rank=rank or als.getOrDefault(als.rank), available=available)
    return als, f"by implicit with {als.threads} threads"
