"""How good each user's list of recommendations is, as numbers whose sums over users make the ranking metrics.

The first four metrics are MLlib's too (org.apache.spark.mllib.evaluation.RankingMetrics, the same to rounding); here
they are taken apart by user, which the bootstrap needs. The others, MLlib does not have:

- mrr_at_k: the mean of 1 / rank of the first hit, 0 without one (Voorhees 1999, TREC-8 question answering).
- diversity_at_k: intra-list diversity, the mean of 1 - cosine over all pairs of a list (Smyth and McClave 2001; Vargas
  and Castells 2011), by the items' genres. Not by who rated the items: the models rank by just that, so such a
  diversity would say little but how popular the lists are. Items without genres are left out, and so are users with
  less than two others.
- novelty_at_k: the mean of -log2(share of trained users who rated the item), in bits (Zhou et al. 2010,
  doi:10.1073/pnas.1000488107; Vargas and Castells 2011).
- popularity_bias_at_k: popularity lift (Abdollahpouri et al. 2020, doi:10.1145/3383313.3418487), with all users as
  one group: how much more popular the recommended items are than the users' own, (q - p) / p, where q and p are means
  over users of the mean share of users who rated an item of the list, or of the profile. 0 is unbiased.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pyspark.sql import functions as F

from spark_jobs.transforms.resample import KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray
    from pyspark.sql import DataFrame

    Floats = NDArray[np.float64]

LIST_METRICS = {
    "precision_at_k": ("precision", "users"),
    "recall_at_k": ("recall", "users"),
    "ndcg_at_k": ("ndcg", "users"),
    "map_at_k": ("average_precision", "users"),
    "mrr_at_k": ("reciprocal_rank", "users"),
    "diversity_at_k": ("diversity", "users_with_pairs"),
    "novelty_at_k": ("self_information", "users_with_items"),
    "popularity_bias_at_k": ("excess_popularity", "own_popularity"),
}
"""Each metric's numerator and denominator: the sums over users of these columns."""
COLUMNS = tuple(dict.fromkeys(name for pair in LIST_METRICS.values() for name in pair))
BLOCK_PLACES = 256 * 1024
"""Places of lists held at once by one task: 2 MiB for each intermediate result, whatever k."""


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """What is known about the items that can be recommended."""

    ids: NDArray[np.int32]
    """Ascending; shape (items,)."""
    shares: Floats
    """Share of trained users who rated the item, above 0; shape (items,)."""
    genres: Floats
    """Unit vectors, 0 for items without genres; shape (items, genres), no genre at all if they are not known."""

    def places(self, items: NDArray[Any]) -> NDArray[np.intp]:
        """Where these items, all of them known, are in the catalogue."""
        return np.searchsorted(self.ids, items)


def genre_vectors(movies: DataFrame, ids: NDArray[np.int32]) -> Floats:
    """One unit vector for each of `ids` (ascending) from movies (item_id, genres); 0 without genres or movie."""
    pairs: Any = movies.select("item_id", F.explode("genres").alias("genre")).distinct().toPandas()
    pairs = pairs[pairs["item_id"].isin(ids)]
    names, columns = np.unique(pairs["genre"].to_numpy(dtype=str), return_inverse=True)
    vectors = np.zeros((len(ids), len(names)))
    vectors[np.searchsorted(ids, pairs["item_id"].to_numpy()), columns] = 1
    units: Floats = vectors / np.sqrt(np.maximum(vectors.sum(axis=1, keepdims=True), 1))
    return units


def own_popularity(seen: DataFrame, catalogue: Catalogue) -> DataFrame:
    """(user_id, own_popularity): the mean share of users who rated an item of the profile `seen` (user_id, seen)."""

    def measure(profiles: pa.RecordBatch, items: Catalogue) -> pa.RecordBatch:
        row, values = _flat(profiles.column("seen"))
        total = np.bincount(row, items.shares[items.places(values)], profiles.num_rows)
        mean = total / np.bincount(row, minlength=profiles.num_rows)
        return pa.RecordBatch.from_arrays([profiles.column("user_id"), pa.array(mean)], ["user_id", "own_popularity"])

    ordered = seen.select("user_id", "seen")
    return ordered.mapInArrow(_by_batch(ordered, measure, catalogue), "user_id int, own_popularity double")


def measure_lists(ranked: DataFrame, catalogue: Catalogue, *, k: int) -> DataFrame:
    """KEY, a hash of the user, and COLUMNS for each row of ranked (user_id, prediction, label, own_popularity)."""

    def measure(lists: pa.RecordBatch, items: Catalogue) -> pa.RecordBatch:
        rows = max(1, BLOCK_PLACES // k)
        blocks = [lists.slice(start, rows) for start in range(0, lists.num_rows, rows)]
        found = [_measure_block(block, items, k) for block in blocks]
        columns = [np.concatenate([block[name] for block in found]) for name in COLUMNS]
        return pa.RecordBatch.from_arrays([lists.column(KEY), *map(pa.array, columns)], [KEY, *COLUMNS])

    keyed = ranked.select(F.xxhash64("user_id").alias(KEY), "prediction", "label", "own_popularity")
    schema = ", ".join([f"{KEY} bigint", *(f"{name} double" for name in COLUMNS)])
    return keyed.mapInArrow(_by_batch(ranked, measure, catalogue), schema)


def _measure_block(lists: pa.RecordBatch, items: Catalogue, k: int) -> dict[str, Floats]:
    row, values = _flat(lists.column("prediction"))
    rank = np.arange(len(row)) - np.searchsorted(row, row)
    row, rank, values = (each[rank < k] for each in (row, rank, values))
    places = np.full((lists.num_rows, k), -1, dtype=np.intp)
    places[row, rank] = items.places(values)
    wanted_by, wanted = _flat(lists.column("label"))
    hits = np.zeros(places.shape)
    # Items are below 2**31, so that row and item together are one number.
    hits[row, rank] = np.isin(row * 2**32 + values, wanted_by * 2**32 + wanted)
    relevant = np.bincount(wanted_by, minlength=lists.num_rows)
    own = lists.column("own_popularity").to_numpy(zero_copy_only=False)
    return {**_accuracy(hits, relevant), **_diversity(places, items), **_popularity(places, items, own)}


def _accuracy(hits: Floats, relevant: NDArray[np.intp]) -> dict[str, Floats]:
    k = hits.shape[1]
    ranks, discounts = np.arange(1, k + 1), 1 / np.log2(np.arange(2, k + 2))
    reachable = np.minimum(relevant, k)
    return {
        "users": np.ones(len(hits)),
        "precision": hits.sum(axis=1) / k,
        "recall": hits.sum(axis=1) / relevant,
        "ndcg": hits @ discounts / np.cumsum(discounts)[reachable - 1],
        "average_precision": (hits * np.cumsum(hits, axis=1) / ranks).sum(axis=1) / reachable,
        "reciprocal_rank": (hits / ranks).max(axis=1),
    }


def _diversity(places: NDArray[np.intp], items: Catalogue) -> dict[str, Floats]:
    """All pairs' cosines at once: the squared length of a sum of n unit vectors is n + twice the sum of them."""
    vectors = np.vstack([items.genres, np.zeros(items.genres.shape[1])])
    described = vectors.sum(axis=1) > 0
    total, count = np.zeros((len(places), vectors.shape[1])), np.zeros(len(places))
    for place in places.T:
        total += vectors[place]
        count += described[place]
    pairs = count * (count - 1)
    defined = pairs > 0
    similarity = (np.square(total).sum(axis=1) - count) / np.where(defined, pairs, 1)
    return {"diversity": np.where(defined, 1 - similarity, 0), "users_with_pairs": defined.astype(np.float64)}


def _popularity(places: NDArray[np.intp], items: Catalogue, own: Floats) -> dict[str, Floats]:
    given = places >= 0
    count = given.sum(axis=1)
    defined = count > 0
    shares = np.where(given, items.shares[places], 1)
    popularity = np.where(given, shares, 0).sum(axis=1) / np.maximum(count, 1)
    return {
        "self_information": -np.log2(shares).sum(axis=1) / np.maximum(count, 1),
        "users_with_items": defined.astype(np.float64),
        "excess_popularity": np.where(defined, popularity - own, 0),
        "own_popularity": np.where(defined, own, 0),
    }


def _by_batch(
    rows: DataFrame, measure: Callable[[pa.RecordBatch, Catalogue], pa.RecordBatch], catalogue: Catalogue
) -> Callable[[Iterable[Any]], Iterator[Any]]:
    broadcast = rows.sparkSession.sparkContext.broadcast(catalogue)

    def each(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return (measure(batch, broadcast.value) for batch in batches if batch.num_rows)

    return each


def _flat(lists: pa.ListArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which row each element is of, and the elements."""
    lengths = lists.value_lengths().to_numpy(zero_copy_only=False)
    values = lists.flatten().to_numpy(zero_copy_only=False)
    return np.repeat(np.arange(len(lengths)), lengths), values.astype(np.int64)
