"""A bundle that is being served: what requests read, made whole before the first of them sees it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from serving.bundle import Bundle, fetch, open_bundle, prune
from serving.memory import trim
from serving.ranking.ranker import Ranked, Ranker

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEPT = 3
"""Bundles that stay in the cache: what is served, what was served before, and what comes next."""
_CARDS = 50_000
"""Items whose title and genres are kept as Python objects: at most some 20 MB, since a catalogue may have millions."""
_WARMED = 5
"""Users that are ranked before the first request, so that the pages of the factors are in memory."""


class Card(TypedDict):
    """What is shown of an item."""

    item_id: int
    title: str
    genres: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Served:
    """One bundle, ready."""

    uri: str
    bundle: Bundle
    ranker: Ranker
    loaded_at: str
    genres_by_name: dict[str, int]
    """Places of the genres by their names in lower case."""
    _cards: dict[int, tuple[int, str, tuple[str, ...]]] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """The model's version."""
        return self.bundle.manifest.version

    def card(self, position: int) -> tuple[int, str, tuple[str, ...]]:
        """Id, title and genres of the item at this position."""
        found = self._cards.get(position)
        if found is None:
            bundle = self.bundle
            found = int(bundle.item_ids[position]), bundle.title(position), bundle.genres_of(position)
            if len(self._cards) >= _CARDS:
                del self._cards[next(iter(self._cards))]
            self._cards[position] = found
        return found

    def cards(self, positions: Sequence[int]) -> list[Card]:
        """Items as the catalogue shows them."""
        return [
            {"item_id": item, "title": title, "genres": genres} for item, title, genres in map(self.card, positions)
        ]

    def ranked(self, ranked: Ranked, seen: frozenset[int] = frozenset()) -> list[dict[str, Any]]:
        """Items as a recommendation shows them, best first; `seen` are positions."""
        return [
            {
                "rank": rank,
                "item_id": card[0],
                "title": card[1],
                "genres": card[2],
                "score": score,
                "seen": position in seen,
            }
            for rank, (position, score) in enumerate(
                zip(ranked.positions.tolist(), ranked.scores.tolist(), strict=True), start=1
            )
            for card in (self.card(position),)
        ]


def load(uri: str, cache: Path, roots: Sequence[str]) -> Served:
    """Fetch, check, open and warm a bundle; takes seconds, for a thread. Raises BundleError."""
    bundle = open_bundle(fetch(uri, cache / "bundles", roots), verify=False)
    prune(cache / "bundles", bundle.manifest.model, keep=_KEPT)
    served = Served(
        uri=uri,
        bundle=bundle,
        ranker=Ranker(bundle),
        loaded_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        genres_by_name={name.casefold(): place for place, name in enumerate(bundle.genres)},
    )
    for user in range(min(_WARMED, bundle.users)):
        served.ranked(served.ranker.for_user(user, n=10))
    served.ranked(served.ranker.popular(n=10))
    trim()
    return served
