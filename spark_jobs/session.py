"""The Spark session of a job: the cluster's own settings win, the rest suits jobs over small and large tables alike."""

from __future__ import annotations

from pyspark.sql import SparkSession

from penstock.spark_settings import shuffle_partitions

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
    """Set and return the number of shuffle partitions for an input of this size, unless spark-submit set it."""
    if not spark.sparkContext.getConf().contains(_SHUFFLE_PARTITIONS):
        spark.conf.set(_SHUFFLE_PARTITIONS, str(shuffle_partitions(input_bytes)))
    return int(spark.conf.get(_SHUFFLE_PARTITIONS) or 1)
