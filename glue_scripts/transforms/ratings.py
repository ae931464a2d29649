"""Lines of ratings to judged ratings, and judged ratings to one rating per user and item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from glue_scripts.sources import RATINGS_COLUMNS
from glue_scripts.transforms.lines import line_rules, with_fields
from glue_scripts.transforms.rules import (
    INT32_MAX,
    Rule,
    as_bigint,
    as_double,
    first_broken,
    halves_between,
    integer_between,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from penstock.jobs import SourceFormat

EARLIEST, LATEST = 788_918_400, 4_102_444_800
"""1995-01-01, the year MovieLens began to collect, and 2100-01-01: fixed, so that a retry judges alike."""
ORPHAN = "movieId is not in movies"


def judge_ratings(lines: DataFrame, movies: DataFrame, source_format: SourceFormat) -> DataFrame:
    """(user_id, item_id, rating, rated_at, file, line, reason); a good row has neither line nor reason.

    `movies` (item_id) are the good movies: they fit into memory everywhere, so they are broadcast.
    """
    fields = with_fields(lines, RATINGS_COLUMNS, source_format).withColumn(
        "reason", first_broken(_rules(source_format))
    )
    typed = fields.select(
        as_bigint("userId").alias("user_id"),
        as_bigint("movieId").alias("item_id"),
        as_double("rating").alias("rating"),
        as_bigint("timestamp").alias("rated_at"),
        "file",
        "line",
        "reason",
    )
    known = F.broadcast(movies.select("item_id", F.lit("known").alias("movie")))
    orphan = F.when(F.col("movie").isNull(), F.lit(ORPHAN))
    judged = typed.join(known, on="item_id", how="left").withColumn("reason", F.coalesce("reason", orphan))
    line = F.when(F.col("reason").isNotNull(), F.col("line"))
    return judged.select("user_id", "item_id", "rating", "rated_at", "file", line.alias("line"), "reason")


def _rules(source_format: SourceFormat) -> list[Rule]:
    return [
        *line_rules(RATINGS_COLUMNS, source_format),
        *integer_between("userId", 1, INT32_MAX),
        *integer_between("movieId", 1, INT32_MAX),
        *halves_between("rating", 0.5, 5.0),
        *integer_between("timestamp", EARLIEST, LATEST, meaning="1995-01-01 and 2100-01-01"),
    ]


def latest(ratings: DataFrame) -> DataFrame:
    """(user_id, item_id, rating, rated_at, versions): the latest rating of each user and item, then the highest.

    `versions` counts the rows that it stands for, itself included.
    """
    newest = F.max(F.struct("rated_at", "rating")).alias("newest")
    grouped = ratings.groupBy("user_id", "item_id").agg(newest, F.count("*").alias("versions"))
    return grouped.select("user_id", "item_id", "newest.rating", "newest.rated_at", "versions")
