"""What xgboost.spark asks for beyond MLlib's estimators: workers, categories, sparse rows; and what its models know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException

from penstock.errors import DataError, DeploymentError
from spark_jobs.storage import first_line

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from spark_jobs.features import Features

ROWS_PER_WORKER = 50_000
"""Fewer rows are faster on one worker than the workers' agreement on every split of every tree."""
MOST_DENSE = 10_000
"""Elements of a vector that is copied with all its zeros: 40 kB a row."""
_REASON = re.compile(r"XGBoostError: (?:\[[\d:]+\] \S+: )?(.+)")


def fit_boosted(estimator: Any, rows: DataFrame, features: Features | None) -> Any:
    """The model; raises DataError with XGBoost's own words, and DeploymentError where Spark could not run it.

    Categories are those that the vector's metadata names, as for MLlib's trees; sparse rows have none, because there
    a zero is an unknown value.
    """
    spark = rows.sparkSession
    _check_barrier(spark)
    sparse = estimator.getOrDefault(estimator.enable_sparse_data_optim)
    if sparse:
        estimator.set(estimator.getParam("missing"), 0.0)
    elif features is not None:
        _check_width(features)
        if features.categories:
            kinds = ["c" if index in features.categories else "q" for index in range(features.size)]
            estimator.set(estimator.getParam("feature_types"), kinds)
    if not estimator.isSet(estimator.num_workers):
        estimator.set(estimator.num_workers, workers_for(rows.count(), slots(spark)))
    # Else every worker prints a line for each round.
    estimator.set(estimator.getParam("verbose"), False)  # noqa: FBT003 - a parameter's value
    try:
        return estimator.fit(rows)
    except (Py4JJavaError, PySparkException) as error:
        found = _REASON.search(str(error))
        reason = found[1] if found else first_line(error)
        raise DataError(f"{type(estimator).__name__} cannot learn from these rows: {reason}") from error


def workers_for(rows: int, slots: int) -> int:
    """How many tasks train together, at most as many as can run at once."""
    return max(1, min(slots, rows // ROWS_PER_WORKER))


def slots(spark: SparkSession) -> int:
    """Tasks that the cluster runs at once."""
    context = spark.sparkContext
    return max(1, context.defaultParallelism // int(context.getConf().get("spark.task.cpus", "1") or 1))


def gains(model: Any, size: int) -> list[float]:
    """What each element's splits gained, as a share of all gains, like MLlib's importances."""
    score = model.get_booster().get_score(importance_type="total_gain")
    names = model.get_booster().feature_names or [f"f{index}" for index in range(size)]
    total = sum(score.values()) or 1.0
    return [score.get(name, 0.0) / total for name in names]


def rounds(model: Any) -> int | None:
    """How many rounds of boosting predict; None for models that are not boosted."""
    if not hasattr(model, "get_booster"):
        trees: int | None = getattr(model, "getNumTrees", None)
        return trees
    booster = model.get_booster()
    best = booster.attr("best_iteration")
    return int(booster.num_boosted_rounds()) if best is None else int(best) + 1


def _check_barrier(spark: SparkSession) -> None:
    if (spark.sparkContext.getConf().get("spark.dynamicAllocation.enabled") or "false") == "true":
        raise DeploymentError(
            "xgboost.spark trains in tasks that start together, which Spark refuses while "
            "spark.dynamicAllocation.enabled is true: set it to false in spark_conf, with spark.executor.instances, as "
            "docs/engines.md says"
        )


def _check_width(features: Features) -> None:
    if features.size > MOST_DENSE:
        raise DataError(
            f"{features.column!r} has {features.size:,} elements, which XGBoost would copy with all zeros. Set "
            "recipe.estimator.params.enable_sparse_data_optim to true, which takes a zero for an unknown value, or "
            f"make at most {MOST_DENSE:,} elements."
        )
