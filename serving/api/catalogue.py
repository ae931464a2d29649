"""What the model knows: users, their histories, items, genres."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from serving.api import answers, asked_for
from serving.api.lookup import genre_of, item_place
from serving.ranking.search import users_like
from serving.web.endpoint import Call, Endpoint
from serving.web.problem import Problem, Reply, json_reply

if TYPE_CHECKING:
    from serving.api.recommendations import Shelf


def endpoints(shelf: Shelf) -> list[Endpoint]:
    """The endpoints over what is served."""

    async def users(call: Call) -> Reply:
        served, asked = shelf(), call.parameters
        found = users_like(served.bundle.user_ids, asked.query.strip(), n=asked.n)
        shown = [
            {"user_id": user, "seen": len(served.bundle.seen_by(_known(served.bundle.user_position(user))))}
            for user in found
        ]
        return json_reply({"model_version": served.version, "total": served.bundle.users, "users": shown})

    async def history(call: Call) -> Reply:
        served, asked = shelf(), call.parameters
        user = served.bundle.user_position(asked.user_id)
        if user is None:
            raise Problem("not_found", f"There is no user {asked.user_id} in version {served.version} of the model")
        seen = served.bundle.seen_by(user)
        first = seen[np.argsort(-served.bundle.popularity[seen], kind="stable")[: asked.n]].tolist()
        answer = {"user_id": asked.user_id, "model_version": served.version, "total": len(seen)}
        return json_reply({**answer, "items": served.cards(first)})

    async def items(call: Call) -> Reply:
        served, asked = shelf(), call.parameters
        if asked.query.strip():
            found = served.ranker.search(asked.query, n=asked.n)
        else:
            found = served.ranker.popular(n=asked.n).positions
        answer = {"model_version": served.version, "total": served.bundle.items}
        return json_reply({**answer, "items": served.cards(found.tolist())})

    async def similar(call: Call) -> Reply:
        served, asked = shelf(), call.parameters
        genre, name = genre_of(served, asked.genre)
        ranked = served.ranker.similar(item_place(served, asked.item_id), n=asked.n, genre=genre)
        answer = {"item_id": asked.item_id, "model_version": served.version, "genre": name}
        return json_reply({**answer, "items": served.ranked(ranked)})

    async def genres(_call: Call) -> Reply:
        served = shelf()
        counted = [
            {"name": name, "items": len(served.bundle.items_of(place))}
            for place, name in enumerate(served.bundle.genres)
        ]
        return json_reply({"model_version": served.version, "genres": counted})

    return [
        Endpoint(
            path="/v1/users",
            handler=users,
            tag="catalogue",
            parameters=asked_for.Search,
            response=answers.Users,
            summary="Users of the model whose ids begin with some digits",
            problems=("not_loaded",),
        ),
        Endpoint(
            path="/v1/users/{user_id}/history",
            handler=history,
            tag="catalogue",
            parameters=asked_for.OfUser,
            response=answers.History,
            summary="What a user has rated",
            problems=("not_found", "not_loaded"),
        ),
        Endpoint(
            path="/v1/items",
            handler=items,
            tag="catalogue",
            parameters=asked_for.Search,
            response=answers.Items,
            summary="Items by title",
            problems=("not_loaded",),
        ),
        _one_item(shelf),
        Endpoint(
            path="/v1/items/{item_id}/similar",
            handler=similar,
            parameters=asked_for.OfItem,
            response=answers.Similar,
            summary="Items like an item",
            problems=("not_found", "not_loaded"),
        ),
        Endpoint(
            path="/v1/genres",
            handler=genres,
            tag="catalogue",
            response=answers.Genres,
            summary="All genres",
            problems=("not_loaded",),
        ),
    ]


def _one_item(shelf: Shelf) -> Endpoint:
    async def item(call: Call) -> Reply:
        served = shelf()
        return json_reply(served.cards([item_place(served, call.parameters.item_id)])[0])

    return Endpoint(
        path="/v1/items/{item_id}",
        handler=item,
        tag="catalogue",
        parameters=asked_for.OneItem,
        response=answers.Item,
        summary="An item",
        problems=("not_found", "not_loaded"),
    )


def _known(position: int | None) -> int:
    if position is None:
        raise AssertionError("an id of the bundle without a position")
    return position
