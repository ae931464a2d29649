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

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pyspark.sql import functions as F

from spark_jobs.transforms.lookup import Lookup

if TYPE_CHECKING:
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
        return self._lookup.places(items)

    @functools.cached_property
    def _lookup(self) -> Lookup:
        return Lookup(self.ids)


def genre_vectors(movies: DataFrame, ids: NDArray[np.int32]) -> Floats:
    """One unit vector for each of `ids` (ascending) from movies (item_id, genres); 0 without genres or movie."""
    pairs: Any = movies.select("item_id", F.explode("genres").alias("genre")).distinct().toPandas()
    pairs = pairs[pairs["item_id"].isin(ids)]
    names, columns = np.unique(pairs["genre"].to_numpy(dtype=str), return_inverse=True)
    vectors = np.zeros((len(ids), len(names)))
    vectors[np.searchsorted(ids, pairs["item_id"].to_numpy()), columns] = 1
    units: Floats = vectors / np.sqrt(np.maximum(vectors.sum(axis=1, keepdims=True), 1))
    return units


@dataclass(frozen=True, kw_only=True)
class Lists:
    """Users' lists, best first, and what they are measured by."""

    items: NDArray[np.int32]
    """Shape (users, k)."""
    given: NDArray[np.bool_]
    """Where there is an item; shape (users, k)."""
    wanted_by: NDArray[np.intp]
    """Which user chose what stands at the same place in `wanted`; every user at least one, none twice."""
    wanted: NDArray[np.int32]
    own: Floats
    """The mean share of users who rated an item of the user's own profile; shape (users,)."""


def measure_lists(lists: Lists, catalogue: Catalogue) -> dict[str, Floats]:
    """COLUMNS for each user."""
    users = len(lists.items)
    places = np.where(lists.given, catalogue.places(np.where(lists.given, lists.items, catalogue.ids[0])), -1)
    # Items are below 2**31, so that user and item together are one number. They stand in order, or nearly so.
    chosen = np.sort(lists.wanted_by * 2**32 + lists.wanted, kind="stable")
    listed = np.arange(users)[:, None] * 2**32 + lists.items
    hits = lists.given & (chosen[np.minimum(np.searchsorted(chosen, listed), len(chosen) - 1)] == listed)
    relevant = np.bincount(lists.wanted_by, minlength=users)
    return {
        **_accuracy(hits.astype(np.float64), relevant),
        **_diversity(places, catalogue),
        **_popularity(places, catalogue, lists.own),
    }


def own_popularity(owners: NDArray[np.intp], seen: NDArray[np.int32], users: int, catalogue: Catalogue) -> Floats:
    """The mean share of users who rated an item of each user's profile; `seen` are training items, at least one each.

    `owners` says whose item stands at the same place in `seen`.
    """
    total = np.bincount(owners, catalogue.shares[catalogue.places(seen)], users)
    mean: Floats = total / np.bincount(owners, minlength=users)
    return mean


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
