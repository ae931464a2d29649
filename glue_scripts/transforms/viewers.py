"""Ratings and movies to one row per user: how much, how long, how kindly, how old and of which genres."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from penstock.tables import SHARES, VIEWERS

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

SECONDS_PER_DAY = 86_400
_YEAR = r"\((\d{4})(?:[-\u2013]\d{0,4})?\)\s*$"
"""`Alien (1979)`, and the first year of a series: `Fawlty Towers (1975-1979)`."""


def describe_viewers(ratings: DataFrame, movies: DataFrame, *, liked_rating: float) -> DataFrame:
    """One row of VIEWERS for each user of `ratings`, a function of the rows whatever their order.

    `liked` are the titles that the user gave at least `liked_rating`, sorted; as words of a document whose author the
    user is, they are what Blei, Ng and Jordan fit LDA to with EachMovie (Latent Dirichlet Allocation, 2003, 7.3).
    """
    titles = F.broadcast(movies.select("item_id", "title", "genres", _year().alias("year")))
    rated = ratings.join(titles, on="item_id", how="left")
    day = F.floor(F.col("rated_at") / SECONDS_PER_DAY)
    liked = F.collect_set(F.when(F.col("rating") >= liked_rating, F.col("title")))
    described = rated.groupBy("user_id").agg(
        F.count("*").alias("ratings"),
        F.avg("rating").alias("mean_rating"),
        F.stddev_pop("rating").alias("std_rating"),
        (F.max(day) - F.min(day) + 1).alias("active_days"),
        F.avg("year").alias("mean_year"),
        *[_share(genres).alias(name) for name, genres in SHARES.items()],
        F.sort_array(liked).alias("liked"),
    )
    return described.select(list(VIEWERS))


def _year() -> Column:
    found = F.regexp_extract("title", _YEAR, 1)
    return F.when(found != "", found).cast("int")


def _share(genres: tuple[str, ...]) -> Column:
    """Of the user's ratings, those of titles with the genre; a title has several, so shares add up to more than 1."""
    has = F.arrays_overlap(F.col("genres"), F.array(*map(F.lit, genres)))
    return F.avg(F.when(has, 1.0).otherwise(0.0))
