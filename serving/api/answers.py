"""What comes out, as pydantic models with examples: the OpenAPI document is made of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


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
