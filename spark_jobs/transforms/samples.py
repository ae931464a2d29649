"""A few users as examples, so that a person can see what a model recommends to whom."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from penstock.scoring import SampleUser

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

ACTIVITY = (0.1, 0.3, 0.5, 0.7, 0.9)
"""One example for each of these quantiles of the users by their number of ratings: the middles of five fifths."""
MOST_LIKED = 5


def sample_users(scores: DataFrame, histories: DataFrame, ratings: DataFrame, movies: DataFrame) -> list[SampleUser]:
    """Users of `scores` (SCORES) from the least to the most active; an item that is not among the movies shows its id.

    Of a user's highest ratings the latest come first.
    """
    chosen = pick_users(scores, histories)
    mine = F.col("user_id").isin(list(chosen))
    best_first = Window.partitionBy("user_id").orderBy(F.desc("rating"), F.desc("rated_at"), "item_id")
    liked = ratings.where(mine).withColumn("rank", F.row_number().over(best_first)).where(F.col("rank") <= MOST_LIKED)
    lists = {"liked": _titles(liked, movies), "recommended": _titles(scores.where(mine), movies)}
    return [
        SampleUser(user_id=user, ratings=count, liked=lists["liked"][user], recommended=lists["recommended"][user])
        for user, count in chosen.items()
    ]


def pick_users(scores: DataFrame, histories: DataFrame) -> dict[int, int]:
    """User to number of ratings: at each quantile of ACTIVITY the first user by id, fewer where quantiles coincide.

    Users without a recommendation are passed over. As many rows come to the driver as there are numbers of ratings.
    """
    served = scores.where(F.col("rank") == 1).select("user_id")
    active = histories.select("user_id", F.size("item_ids").alias("ratings"))
    by_activity = active.join(served, on="user_id", how="left_semi").groupBy("ratings")
    groups = by_activity.agg(F.count("*").alias("users"), F.min("user_id").alias("first")).orderBy("ratings").collect()
    total, passed, chosen = sum(row["users"] for row in groups), 0, {}
    for row in groups:
        if any(passed <= share * total < passed + row["users"] for share in ACTIVITY):
            chosen[row["first"]] = row["ratings"]
        passed += row["users"]
    return chosen


def _titles(items: DataFrame, movies: DataFrame) -> dict[int, list[str]]:
    """User to titles by rank, from (user_id, rank, item_id, ...)."""
    named = items.join(movies.select("item_id", "title"), on="item_id", how="left")
    title = F.coalesce("title", F.concat(F.lit("item "), F.col("item_id").cast("string"))).alias("title")
    found: dict[int, list[str]] = defaultdict(list)
    for row in named.select("user_id", "rank", title).orderBy("user_id", "rank").collect():
        found[row["user_id"]].append(row["title"])
    return found
