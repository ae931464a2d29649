"""Refused rows as one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from glue_scripts.transforms.lines import REPEATED_HEADER

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


def good(judged: DataFrame) -> DataFrame:
    """The rows that broke no rule."""
    return judged.where(F.col("reason").isNull())


def refused(judged: DataFrame, source: str | Column) -> DataFrame:
    """(source, file, line, reason) of the rows that broke a rule; `source` is a name, or the column with the names.

    Each file's own header is no row. Lines are unordered here, but equal headers are alike: any one of them is it.
    """
    bad = judged.where(F.col("reason").isNotNull()).select(F.lit(source).alias("source"), "file", "line", "reason")
    is_header = F.col("reason") == REPEATED_HEADER
    copies = Window.partitionBy("source", "file").orderBy("line")
    repeated = bad.where(is_header).withColumn("copy", F.row_number().over(copies)).where(F.col("copy") > 1)
    return bad.where(~is_header).unionByName(repeated.drop("copy"))
