"""What goes in, as pydantic models with limits and examples: the OpenAPI document is made of them."""

from __future__ import annotations

from typing import Annotated, Any

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


def example(model: type[BaseModel]) -> Any:
    """The first example of a model, or None."""
    examples = (model.model_config.get("json_schema_extra") or {}).get("examples")  # type: ignore[union-attr]
    return examples[0] if isinstance(examples, list) else None
