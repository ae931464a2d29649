"""Who has rated what, laid out by user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def seen_by_user(ratings: DataFrame) -> DataFrame:
    """(user_id, item_ids): the items of each user as one array, ascending."""
    return ratings.groupBy("user_id").agg(F.sort_array(F.collect_set("item_id")).alias("item_ids"))
