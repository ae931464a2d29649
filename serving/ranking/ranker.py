"""Everything that is ranked for a request, over one bundle. Made once per bundle; safe to use from several threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from serving.ranking.fold_in import UserEquation, gram
from serving.ranking.search import TitleIndex
from serving.ranking.selection import largest
from serving.ranking.turns import WORTH_BYTES, Turns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from serving.bundle import Bundle

    Positions = NDArray[np.int32]
    Vector = NDArray[np.float32]

GATHER_SHARE = 8
"""Rows that are gathered cost about as much as so many rows that lie in order; measured at rank 64."""
BLOCK = 65_536
_NO_ITEMS: Positions = np.empty(0, dtype=np.int32)


@dataclass(frozen=True, kw_only=True, eq=False)
class Ranked:
    """Items, best first; equal scores by item id."""

    positions: Positions
    """Rows of the bundle's items."""
    scores: NDArray[Any]
    """Float32; of popularity the number of ratings, int64."""

    def __len__(self) -> int:
        """How many there are: fewer than asked for where there are no more."""
        return len(self.positions)


class Ranker:
    """Users, positions and genres are places in the bundle: `Bundle.user_position`, `item_position`, `genre_place`."""

    def __init__(self, bundle: Bundle) -> None:
        """Prepare what all requests share, some 50 bytes for each item beside its title."""
        self.bundle = bundle
        manifest = bundle.manifest
        self._lengths = lengths(bundle.item_factors)
        self._by_popularity = np.lexsort((np.arange(bundle.items), -bundle.popularity)).astype(np.int32)
        self._titles = TitleIndex(bundle, self._by_popularity)
        self._turns = Turns(bundle.item_factors) if bundle.item_factors.nbytes > WORTH_BYTES else None
        self._fold_in = UserEquation(
            factors=bundle.item_factors,
            gram=gram(bundle.item_factors) if manifest.implicit else None,
            alpha=manifest.alpha,
            reg_param=manifest.reg_param,
        )

    def for_user(self, user: int, *, n: int, genre: int | None = None, exclude_seen: bool = True) -> Ranked:
        """The n best items for the user at this position."""
        vector = self.bundle.user_factors[user]
        return self.for_vector(vector, n=n, genre=genre, exclude=self._unwanted(user, exclude_seen=exclude_seen))

    def for_vector(self, vector: Vector, *, n: int, genre: int | None = None, exclude: Positions = _NO_ITEMS) -> Ranked:
        """The n items with the largest inner product, without those to exclude (positions, ascending)."""
        among = self._few(genre)
        if among is not None:
            return _best(self.bundle.item_factors[among] @ vector, among, exclude, n)
        return self._by_scores(self._scores(vector), n=n, genre=genre, exclude=exclude)

    async def for_user_in_turn(self, user: int, *, n: int, genre: int | None, exclude_seen: bool) -> Ranked:
        """As `for_user`, together with all who ask at the same time."""
        vector = self.bundle.user_factors[user]
        return await self.for_vector_in_turn(
            vector, n=n, genre=genre, exclude=self._unwanted(user, exclude_seen=exclude_seen)
        )

    async def for_vector_in_turn(self, vector: Vector, *, n: int, genre: int | None, exclude: Positions) -> Ranked:
        """As `for_vector`, together with all who ask at the same time, where that is quicker."""
        if self._turns is None or self._few(genre) is not None:
            return self.for_vector(vector, n=n, genre=genre, exclude=exclude)
        return self._by_scores(await self._turns.scores(vector), n=n, genre=genre, exclude=exclude)

    def fold_in(self, liked: Positions) -> Vector:
        """Factors for somebody who likes the items at these positions, each once."""
        manifest = self.bundle.manifest
        rating = 1.0 if manifest.implicit else manifest.top_rating
        return self._fold_in.solve(liked, np.full(len(liked), rating))

    def similar(self, item: int, *, n: int, genre: int | None = None) -> Ranked:
        """The n other items whose factors have the largest cosine with those of the item at this position.

        As in spark_jobs/relate_items.py: an item whose factors are all zero is similar to nothing, by 0.
        """
        own = self.bundle.item_factors[item] / self._lengths[item]
        itself = np.array([item], dtype=np.int32)
        if genre is None:
            return _best(self._scores(own) / self._lengths, None, itself, n)
        among = self.bundle.items_of(genre)
        return _best(self.bundle.item_factors[among] @ own / self._lengths[among], among, itself, n)

    def popular(self, *, n: int, genre: int | None = None, exclude: Positions = _NO_ITEMS) -> Ranked:
        """The n items with the most ratings."""
        if genre is None:
            # Enough for n that are left: at most all of the excluded come before them.
            head = self._by_popularity[: n + len(exclude)]
            kept = head[~np.isin(head, exclude)][:n]
            return Ranked(positions=kept, scores=self.bundle.popularity[kept])
        among = self.bundle.items_of(genre)
        among = among[~np.isin(among, exclude)]
        chosen = among[largest(self.bundle.popularity[among], n)]
        return Ranked(positions=chosen, scores=self.bundle.popularity[chosen])

    def search(self, query: str, *, n: int) -> Positions:
        """The n most popular items whose title begins with the query, then those that contain it."""
        return self._titles.find(query, n=n)

    def _scores(self, vector: Vector) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = self.bundle.item_factors @ vector
        return scores

    def _by_scores(self, scores: Vector, *, n: int, genre: int | None, exclude: Positions) -> Ranked:
        """The n best by the scores of all items, which are this call's own."""
        if genre is None:
            return _best(scores, None, exclude, n)
        among = self.bundle.items_of(genre)
        return _best(scores[among], among, exclude, n)

    def _few(self, genre: int | None) -> Positions | None:
        """The items of a genre that has so few that scoring them alone is quicker."""
        if genre is None:
            return None
        among = self.bundle.items_of(genre)
        return among if len(among) * GATHER_SHARE < self.bundle.items else None

    def _unwanted(self, user: int, *, exclude_seen: bool) -> Positions:
        return self.bundle.seen_by(user) if exclude_seen else _NO_ITEMS


def lengths(factors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Euclidean; at least 1e-30, so that they divide."""
    found = np.empty(len(factors), dtype=np.float32)
    for start in range(0, len(factors), BLOCK):
        part = factors[start : start + BLOCK].astype(np.float64)
        found[start : start + BLOCK] = np.maximum(np.sqrt(np.einsum("ij,ij->i", part, part)), 1e-30)
    return found


def _best(scores: NDArray[np.float32], among: Positions | None, exclude: Positions, n: int) -> Ranked:
    """Of scores that are this call's own; `among` are the items' positions, all items if it is None."""
    if len(exclude):
        if among is None:
            scores[exclude] = -np.inf
        else:
            scores[_members(among, exclude)] = -np.inf
    places = largest(scores, n)
    positions = places.astype(np.int32) if among is None else among[places]
    return Ranked(positions=positions, scores=scores[places])


def _members(among: Positions, wanted: Positions) -> NDArray[np.intp]:
    """Where in `among` those that are wanted stand; both ascending."""
    if not len(among):
        return np.empty(0, dtype=np.intp)
    places = np.minimum(np.searchsorted(among, wanted), len(among) - 1)
    found: NDArray[np.intp] = places[among[places] == wanted]
    return found
