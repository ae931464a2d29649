"""The three calls of the JobServer system, with its payloads (https://github.com/awslabs/aws-blog-jobserver-emr).

What it did wrong is not repeated: a genre is a name and no regular expression, what a user has seen is left out, an
unknown user gets what is popular, and errors are errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from serving.api import answers, asked_for
from serving.api.lookup import genre_of
from serving.api.models import admit, begin
from serving.api.recommendations import Shelf, for_user
from serving.places import canonical
from serving.web.endpoint import Access, Call, Endpoint
from serving.web.problem import Reply, json_reply

if TYPE_CHECKING:
    from serving.fleet.worker import Worker

LOAD, ALL, BY_GENRE = "/classic/LoadModelAndData", "/classic/MoviesRec", "/classic/MoviesRecByGenre"
_ALL, _BY_GENRE = 10, 5
"""How many titles each call has always answered."""


def endpoints(worker: Worker, shelf: Shelf, roots: Sequence[str]) -> list[Endpoint]:
    """The endpoints; `loadHandler`, `recommenderHandler` and `genreHandler` lead here too."""

    async def load(call: Call) -> Reply:
        for each in filter(None, (call.body.s3DataLoc, call.body.s3ModelLoc)):
            admit(roots, located(each))
        reload = begin(worker, roots, located(call.body.s3ModelLoc))
        return json_reply({"result": f"Request Submitted with ID {reload.id}.  It should be ready shortly."})

    async def recommend(call: Call) -> Reply:
        return json_reply({"result": await titles(shelf, call.body.userId, n=_ALL)})

    async def by_genre(call: Call) -> Reply:
        return json_reply({"result": await titles(shelf, call.body.userId, n=_BY_GENRE, genre=call.body.genre)})

    return [
        Endpoint(
            path=LOAD,
            method="POST",
            handler=load,
            tag="classic",
            access=Access.ADMIN,
            body=asked_for.Load,
            response=answers.Submitted,
            summary="Load a bundle",
            description="Locations below the configured roots, without s3://. GET /v1/models/reloads/{id} follows it.",
            problems=("busy",),
        ),
        Endpoint(
            path=ALL,
            method="POST",
            handler=recommend,
            tag="classic",
            body=asked_for.MoviesRec,
            response=answers.Titles,
            summary="Ten titles for a user",
            problems=("not_loaded",),
        ),
        Endpoint(
            path=BY_GENRE,
            method="POST",
            handler=by_genre,
            tag="classic",
            body=asked_for.MoviesRecByGenre,
            response=answers.Titles,
            summary="Five titles of a genre for a user",
            problems=("not_found", "not_loaded"),
        ),
    ]


def located(text: str) -> str:
    """A classic location: a bucket and a key without s3://, or a folder of this machine."""
    text = text.rstrip("/") or text
    return (
        canonical(text)
        if text.startswith("/") and ".." not in text.split("/")
        else f"s3://{text.removeprefix('s3://')}"
    )


async def titles(shelf: Shelf, user_id: int, *, n: int, genre: str = "") -> list[str]:
    """` 1: Title`, and so on."""
    served = shelf()
    place, _ = genre_of(served, genre)
    found = await for_user(served, user_id, n=n, genre=place, exclude_seen=True)
    return [f"{item['rank']:2d}: {item['title']}" for item in found["items"]]
