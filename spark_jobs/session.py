"""The Spark session of a job: the cluster's own settings win, the rest suits jobs over small and large tables alike."""

from __future__ import annotations

import math

from pyspark.sql import SparkSession

PARTITION_BYTES = 8 * 1024**2
"""Input bytes per shuffle partition: Parquet of ratings, about a million rows."""
MOST_PARTITIONS = 2_000
_SHUFFLE_PARTITIONS = "spark.sql.shuffle.partitions"


def get_session(name: str) -> SparkSession:
    """The running session, or a new one; Python executables, master and memory stay as spark-submit set them.

    ANSI mode makes a wrong cast an error instead of a NULL, as Spark 4 does by default.
    """
    spark = SparkSession.builder.appName(name).getOrCreate()
    spark.conf.set("spark.sql.ansi.enabled", "true")
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    spark.conf.set("spark.sql.execution.arrow.pyspark.enabled", "true")
    spark.conf.set("spark.sql.execution.arrow.pyspark.fallback.enabled", "false")
    return spark


def fit_shuffles(spark: SparkSession, input_bytes: int) -> int:
    """Set and return the number of shuffle partitions for an input of this size, unless spark-submit set it.

    Spark's default of 200 costs a small table more than its work (bypass-merge opens 200 files per task).
    """
    if not spark.sparkContext.getConf().contains(_SHUFFLE_PARTITIONS):
        spark.conf.set(_SHUFFLE_PARTITIONS, str(partitions_for(input_bytes)))
    return int(spark.conf.get(_SHUFFLE_PARTITIONS) or 1)


def partitions_for(input_bytes: int) -> int:
    """One shuffle partition per PARTITION_BYTES, at least one; adaptive execution merges those that stay small."""
    return min(MOST_PARTITIONS, max(1, math.ceil(input_bytes / PARTITION_BYTES)))
