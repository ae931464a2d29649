"""Recommendations: for a user, for many users, for somebody of whom only some liked items are known."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from serving.api import answers, asked_for
from serving.api.lookup import genre_of
from serving.ranking.turns import MOST
from serving.web.endpoint import Call, Endpoint
from serving.web.problem import Reply, json_reply

if TYPE_CHECKING:
    from serving.served import Served

Shelf = Callable[[], "Served"]
"""What is served now; raises Problem 503 if nothing is."""


async def for_user(served: Served, user_id: int, *, n: int, genre: int | None, exclude_seen: bool) -> dict[str, Any]:
    """The reason and the items; the most popular ones for a user whom the model does not know."""
    user = served.bundle.user_position(user_id)
    if user is None:
        ranked = served.ranker.popular(n=n, genre=genre)
        return {"reason": "unknown_user", "items": served.ranked(ranked)}
    ranked = await served.ranker.for_user_in_turn(user, n=n, genre=genre, exclude_seen=exclude_seen)
    seen = frozenset() if exclude_seen else frozenset(served.bundle.seen_by(user).tolist())
    return {"reason": "personal", "items": served.ranked(ranked, seen)}


def endpoints(shelf: Shelf) -> list[Endpoint]:
    """The endpoints over what is served."""

    async def recommend(call: Call) -> Reply:
        served, asked = shelf(), call.parameters
        genre, name = genre_of(served, asked.genre)
        found = await for_user(served, asked.user_id, n=asked.n, genre=genre, exclude_seen=asked.exclude_seen)
        return json_reply(
            {
                "user_id": asked.user_id,
                "model_version": served.version,
                "reason": found["reason"],
                "genre": name,
                "exclude_seen": asked.exclude_seen,
                "items": found["items"],
            }
        )

    async def batch(call: Call) -> Reply:
        served, asked = shelf(), call.body
        genre, name = genre_of(served, asked.genre)
        results: list[dict[str, Any]] = []
        for start in range(0, len(asked.user_ids), MOST):
            users = asked.user_ids[start : start + MOST]
            found = await asyncio.gather(
                *(for_user(served, each, n=asked.n, genre=genre, exclude_seen=asked.exclude_seen) for each in users)
            )
            results += ({"user_id": user, **items} for user, items in zip(users, found, strict=True))
        answer = {"model_version": served.version, "genre": name, "exclude_seen": asked.exclude_seen}
        return json_reply({**answer, "results": results})

    async def anonymous(call: Call) -> Reply:
        served, asked = shelf(), call.body
        genre, name = genre_of(served, asked.genre)
        found = await for_anonymous(served, asked.liked, n=asked.n, genre=genre)
        return json_reply({"model_version": served.version, "genre": name, **found})

    return [
        Endpoint(
            path="/v1/users/{user_id}/recommendations",
            handler=recommend,
            parameters=asked_for.Recommend,
            response=answers.Recommendations,
            summary="What to recommend to a user",
            description="The most popular items, and `reason` unknown_user, for a user whom the model does not know.",
            problems=("not_found", "not_loaded"),
        ),
        Endpoint(
            path="/v1/recommendations/batch",
            method="POST",
            handler=batch,
            body=asked_for.BatchRequest,
            response=answers.Batch,
            summary="What to recommend to many users",
            problems=("not_found", "not_loaded"),
        ),
        Endpoint(
            path="/v1/recommendations/anonymous",
            method="POST",
            handler=anonymous,
            body=asked_for.AnonymousRequest,
            response=answers.Anonymous,
            summary="What to recommend to somebody who likes some items",
            description="Solves the model's own equation for a user who has rated the liked items and nothing else.",
            problems=("not_found", "not_loaded"),
        ),
    ]


async def for_anonymous(served: Served, liked: list[int], *, n: int, genre: int | None) -> dict[str, Any]:
    """Which liked items count, the reason and the items."""
    places = {item: served.bundle.item_position(item) for item in dict.fromkeys(liked)}
    known = np.array(sorted(place for place in places.values() if place is not None), dtype=np.int32)
    if len(known):
        vector = served.ranker.fold_in(known)
        ranked = await served.ranker.for_vector_in_turn(vector, n=n, genre=genre, exclude=known)
    else:
        ranked = served.ranker.popular(n=n, genre=genre)
    return {
        "reason": "fold_in" if len(known) else "unknown_items",
        "liked": [item for item, place in places.items() if place is not None],
        "unknown": [item for item, place in places.items() if place is None],
        "items": served.ranked(ranked),
    }
