"""Lines of movies to judged movies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from glue_scripts.sources import MOVIES_COLUMNS
from glue_scripts.transforms.lines import line_rules, with_fields
from glue_scripts.transforms.rules import INT32_MAX, as_bigint, first_broken, integer_between, not_empty

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from penstock.jobs import SourceFormat

DUPLICATE = "movieId occurs before"
NO_GENRES = "(no genres listed)"
"""MovieLens's word for an empty list."""


def judge_movies(lines: DataFrame, source_format: SourceFormat) -> DataFrame:
    """(item_id, title, genres, file, line, reason); `reason` is NULL for a good row.

    Of several movies with one id the first in the order of the lines' text is kept, whatever file it is in.
    """
    rules = [
        *line_rules(MOVIES_COLUMNS, source_format),
        *integer_between("movieId", 1, INT32_MAX),
        not_empty("title"),
    ]
    fields = with_fields(lines, MOVIES_COLUMNS, source_format)
    judged = fields.withColumn("reason", first_broken(rules)).withColumn("item_id", as_bigint("movieId"))
    rivals = Window.partitionBy("item_id", F.col("reason").isNull()).orderBy("line", "file")
    repeated = F.col("reason").isNull() & (F.row_number().over(rivals) > 1)
    listed = F.split(F.trim("fields.genres"), r"\|")
    genres = F.array_remove(F.array_remove(listed, NO_GENRES), "")
    return judged.select(
        "item_id",
        F.trim("fields.title").alias("title"),
        F.coalesce(genres, F.array().cast("array<string>")).alias("genres"),
        "file",
        "line",
        F.when(repeated, F.lit(DUPLICATE)).otherwise(F.col("reason")).alias("reason"),
    )
