"""What goes in and out, as pydantic models with limits and examples: the OpenAPI document is made of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, model_validator

from serving.places import VERSION
from serving.web.parameters import DIGITS, FLAG, INTEGRAL, WHOLE, Body, Parameters

MOST = 100
"""Items of one answer."""
MOST_USERS = 100
"""Users of one batch."""
Int64 = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]

Id = Annotated[Int64, INTEGRAL]
"""Of a user or an item, in a body."""
BodyCount = Annotated[int, Field(ge=1, le=MOST, description="How many at most."), INTEGRAL]

UserId = Annotated[Int64, WHOLE, Field(description="A user's id.", examples=[100])]
ItemId = Annotated[Int64, WHOLE, Field(description="An item's id.", examples=[1])]
Count = Annotated[int, Field(ge=1, le=MOST, description="How many at most.", examples=[10]), WHOLE]
Genre = Annotated[
    str, Field(max_length=100, description="Only items of this genre, in any case; empty for all.", examples=["Comedy"])
]
Query = Annotated[str, Field(max_length=200, description="What somebody typed.", examples=["toy"])]


class Recommend(Parameters):
    """Parameters of a user's recommendations."""

    user_id: UserId
    n: Count = 10
    genre: Genre = ""
    exclude_seen: Annotated[bool, FLAG, Field(description="Whether to leave out what the user has seen.")] = True


class OfUser(Parameters):
    """Parameters of a user's history."""

    user_id: UserId
    n: Count = 10


class OneItem(Parameters):
    """Parameters of an item."""

    item_id: ItemId


class OfItem(OneItem):
    """Parameters of items like one item."""

    n: Count = 10
    genre: Genre = ""


class Search(Parameters):
    """Parameters of a search."""

    query: Query = ""
    n: Count = 10


class BatchRequest(Body):
    """Recommendations of many users at once."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"user_ids": [1, 100], "n": 5, "genre": "Comedy"}]})
    user_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_USERS)]
    n: BodyCount = 10
    genre: Genre | None = None
    exclude_seen: bool = True


class AnonymousRequest(Body):
    """Recommendations for somebody of whom only some liked items are known."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"liked": [1, 3114], "n": 5}]})
    liked: Annotated[list[Id], Field(min_length=1, max_length=MOST)]
    n: BodyCount = 10
    genre: Genre | None = None


class Answer(BaseModel):
    """Base of what is answered."""

    model_config = ConfigDict(extra="forbid")


class Item(Answer):
    """An item of the catalogue."""

    item_id: int = Field(examples=[1])
    title: str = Field(examples=["Toy Story (1995)"])
    genres: list[str] = Field(examples=[["Adventure", "Animation", "Children", "Comedy", "Fantasy"]])


class RankedItem(Item):
    """An item of an answer, best first."""

    rank: int = Field(ge=1, examples=[1])
    score: float = Field(description="Comparable within one answer only.", examples=[0.93])
    seen: bool = Field(description="Whether the user has rated it.", examples=[False])


Reason = Literal["personal", "unknown_user", "fold_in", "unknown_items"]
_REASON = (
    "personal: by the user's factors. unknown_user: the model does not know the user, so the most popular. fold_in: by "
    "factors found for the liked items. unknown_items: the model knows none of the liked items, so the most popular."
)
WhyThese = Annotated[Reason, Field(description=_REASON)]


class Recommendations(Answer):
    """Items for a user."""

    user_id: int = Field(examples=[100])
    model_version: str = Field(examples=["20261121T120000"])
    reason: WhyThese
    genre: str | None = Field(description="As the model writes it.", examples=["Comedy"])
    exclude_seen: bool
    items: list[RankedItem]


class UserItems(Answer):
    """One user of a batch."""

    user_id: int = Field(examples=[100])
    reason: WhyThese
    items: list[RankedItem]


class Batch(Answer):
    """Items for many users, in the order in which they were asked for, by one version of the model."""

    model_version: str
    genre: str | None
    exclude_seen: bool
    results: list[UserItems]


class Anonymous(Answer):
    """Items for somebody who likes some others; these are never among them."""

    model_version: str
    reason: WhyThese
    genre: str | None
    liked: list[int] = Field(description="The liked items that the model knows.", examples=[[1, 3114]])
    unknown: list[int] = Field(description="Those that it does not know.", examples=[[]])
    items: list[RankedItem]


class KnownUser(Answer):
    """A user of the model."""

    user_id: int = Field(examples=[100])
    seen: int = Field(description="How many items the user has rated.", examples=[148])


class Users(Answer):
    """Users whose ids begin with the query."""

    model_version: str
    total: int = Field(description="Users of the model.", examples=[610])
    users: list[KnownUser]


class History(Answer):
    """What a user has rated, the most popular first."""

    user_id: int = Field(examples=[100])
    model_version: str
    total: int = Field(examples=[148])
    items: list[Item]


class Items(Answer):
    """Items whose titles begin with the query, then others that contain it; the most popular for an empty query."""

    model_version: str
    total: int = Field(description="Items of the model.", examples=[9724])
    items: list[Item]


class Similar(Answer):
    """Items like one item."""

    item_id: int = Field(examples=[1])
    model_version: str
    genre: str | None
    items: list[RankedItem]


class GenreCount(Answer):
    """A genre of the model."""

    name: str = Field(examples=["Comedy"])
    items: int = Field(examples=[3756])


class Genres(Answer):
    """All genres."""

    model_version: str
    genres: list[GenreCount]


class ReloadRequest(Body):
    """What to load: another version beside the bundle that is served, or a place below the configured roots."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"version": "20261121T120000"}],
            "oneOf": [{"required": ["version"]}, {"required": ["bundle_uri"]}],
        }
    )
    version: str = Field(default="", pattern=f"^{VERSION}$", description="The name of a bundle's folder.")
    bundle_uri: str = Field(default="", min_length=1, max_length=2048, description="s3://... or a folder.")

    @model_validator(mode="after")
    def _one(self) -> ReloadRequest:
        if len(self.model_fields_set) != 1:
            raise ValueError("Give either version or bundle_uri")
        return self


class ReloadId(Parameters):
    """Parameters of a reload's status."""

    reload_id: Annotated[str, Field(max_length=64, description="As the reload was answered.", examples=["5f2c1a"])]


ReloadStatus = Literal["pending", "loading", "loaded", "failed"]


class Reloading(Answer):
    """How far a reload is, over all workers."""

    id: str = Field(examples=["5f2c1a9d3b7e4c08"])
    status: ReloadStatus
    version: str = Field(description="The version that was asked for, or the last part of the location.")
    bundle_uri: str
    error: str | None = Field(description="Why it failed; what was served before still is.")


class Model(Answer):
    """A model that is served."""

    model: str = Field(examples=["movie_recommender"])
    version: str
    loaded_at: str = Field(examples=["2026-11-21T12:00:00Z"])
    users: int
    items: int
    rank: int
    genres: int
    bundle_uri: str


class WorkerStatus(Answer):
    """A worker of the service: any of them may answer the next request."""

    pid: int
    version: str | None = Field(description="None if it serves nothing yet.")
    loaded_at: str | None
    error: str | None = Field(description="Why it does not serve what was agreed on.")


class Models(Answer):
    """What the answering worker serves, the last reload, and what every worker serves."""

    models: list[Model]
    reload: Reloading | None
    workers: list[WorkerStatus]
    answered_by: int = Field(description="The pid of the worker that answers.")
    may_reload: bool = Field(description="Whether the caller may ask for a reload.")


class Health(Answer):
    """The process answers."""

    status: Literal["ok"]


class Readiness(Answer):
    """A bundle is served."""

    status: Literal["ok"]
    version: str


class Load(Body):
    """The classic load call: locations without s3://."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"s3DataLoc": "bucket/raw/ml-latest-small", "s3ModelLoc": "bucket/bundles/als/20261121T120000"}
            ]
        }
    )
    s3DataLoc: str = Field(default="", max_length=2048, description="Titles are part of the bundle; only checked.")  # noqa: N815
    s3ModelLoc: str = Field(min_length=1, max_length=2048, description="The bundle.")  # noqa: N815


_CLASSIC_USER = {
    "anyOf": [
        {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
        {"type": "string", "pattern": "^-?[0-9]{1,18}$"},
    ]
}
ClassicUser = Annotated[Int64, DIGITS, WithJsonSchema(_CLASSIC_USER)]


class MoviesRec(Body):
    """The classic call for a user."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"userId": 100}]})
    userId: ClassicUser  # noqa: N815


class MoviesRecByGenre(Body):
    """The classic call for a user and a genre."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"userId": 100, "genre": "Comedy"}]})
    userId: ClassicUser  # noqa: N815
    genre: str = Field(min_length=1, max_length=100)


class Submitted(Answer):
    """The classic answer to the load call."""

    result: str = Field(examples=["Request Submitted with ID 5f2c1a9d3b7e4c08.  It should be ready shortly."])


class Titles(Answer):
    """The classic list."""

    result: list[str] = Field(examples=[[" 1: Toy Story (1995)", " 2: Heat (1995)"]])


class Error(Answer):
    """What went wrong, as a sentence."""

    code: str = Field(examples=["invalid"])
    message: str = Field(examples=["n is '0': it should be greater than or equal to 1"])
    nearest: list[str] | None = Field(
        default=None, description="Names that may have been meant.", json_schema_extra={"examples": [["Comedy"]]}
    )


class ErrorAnswer(Answer):
    """Every error."""

    error: Error


def example(model: type[BaseModel]) -> Any:
    """The first example of a model, or None."""
    examples = (model.model_config.get("json_schema_extra") or {}).get("examples")  # type: ignore[union-attr]
    return examples[0] if isinstance(examples, list) else None
