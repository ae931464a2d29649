"""What batch scoring leaves beside its table: a report, and the marks by which a rerun knows what is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from penstock.documents import Document, Table


@dataclass(frozen=True, kw_only=True)
class SampleUser:
    """A user as an example: what the user likes best, and what is recommended, as titles, best first."""

    user_id: int
    ratings: int
    liked: list[str]
    recommended: list[str]


@dataclass(frozen=True, kw_only=True)
class ScoreReport(Document):
    """What batch scoring wrote."""

    kind: ClassVar[str] = "score_report"

    model_uri: str
    table: Table
    k: int
    seen_items: str
    genres: list[str] = field(default_factory=list)
    """Only items of one of these were recommended; all items if there is none."""
    available_uri: str = ""
    """Only items of this list were recommended; all items if it is empty."""
    items: int | None = None
    """Items that could be recommended: known to the model and passed by the filters."""
    users: int
    users_with_fewer: int
    """Users who got fewer than `k` items because they have seen nearly everything."""
    users_without_scores: int
    """Users with ratings whom the model does not know, because none of their ratings trained it."""
    items_without_factors: int
    """Items with ratings that the model does not know, so that they are recommended to nobody."""
    shards: int = 1
    """In how many shards of users the table was written."""
    shards_resumed: int = 0
    """How many of them an earlier try had finished."""
    samples: list[SampleUser] = field(default_factory=list)
    """From the least to the most active; none without a table of movies."""
    seconds: float
    code_sha: str


@dataclass(frozen=True, kw_only=True)
class ShardPlan(Document):
    """How a table is cut into shards. A rerun with the same plan goes on where an earlier try stopped."""

    kind: ClassVar[str] = "shard_plan"

    inputs: str
    """Fingerprint of everything that the table is made of: arguments and files."""
    bounds: list[int]
    """The first key of each shard but the first, ascending."""
    partitions: int
    """Files of each shard: the same keys in the same files, whatever the cluster."""

    @property
    def shards(self) -> int:
        """One more than there are bounds."""
        return len(self.bounds) + 1


@dataclass(frozen=True, kw_only=True)
class Shard(Document):
    """One shard that is done; written after its files, so that without it they count for nothing."""

    kind: ClassVar[str] = "shard"

    rows: int
    full: int
    """Keys that got all `k` rows."""
    files: dict[str, int]
    """Name to bytes."""


@dataclass(frozen=True, kw_only=True)
class RelationReport(Document):
    """What relating the items of a model wrote."""

    kind: ClassVar[str] = "relation_report"

    model_uri: str
    relation: str
    table: Table
    k: int
    items: int
    candidates: int
    """The items, or users, that each item could get."""
    shards: int
    shards_resumed: int
    seconds: float
    code_sha: str
