"""Which items may be recommended: those of some genres, those that are to be had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from penstock.errors import DataError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame


def of_genres(movies: DataFrame, genres: Sequence[str]) -> DataFrame:
    """(item_id): movies of at least one of these genres; raises DataError for a genre that no movie has."""
    known = sorted(row[0] for row in movies.select(F.explode("genres")).distinct().collect())
    for genre in genres:
        if genre not in known:
            raise DataError(f"genres: no movie is of {genre!r}; {did_you_mean(genre, known)}")
    wanted = F.array(*[F.lit(each) for each in genres])
    return movies.where(F.arrays_overlap("genres", wanted)).select("item_id")


def only(items: DataFrame, allowed: DataFrame) -> DataFrame:
    """The rows of `items` whose item_id is among those of `allowed`."""
    return items.join(allowed.select("item_id").distinct(), on="item_id", how="left_semi")
