"""Groups of files that are finished at once, so that a rerun does only what is left.

A group's predictions lie in a folder of their own, `group=<name>`, and its document is written after them: what has no
document is not finished, and is removed before anything is written. The name is a hash of the files, so a group whose
files have come, gone or changed is another group.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from penstock.prediction import FinishedGroup
from spark_jobs.storage import discard_document, discard_folder, names_in, read_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import SparkSession

    from spark_jobs.predicting.files import SourceFile

MOST_FILES = 10_000
"""In a group: the driver holds their counts."""
_PREFIX = "group="


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where the outputs of all groups go."""

    predictions_uri: str
    quarantine_uri: str
    groups_uri: str
    table_uri: str = ""
    """Empty: none is wanted."""

    def predictions(self, name: str) -> str:
        """A group's predictions."""
        return f"{self.predictions_uri}/{_PREFIX}{name}"

    def quarantine(self, name: str) -> str:
        """A group's records without one."""
        return f"{self.quarantine_uri}/{_PREFIX}{name}"

    def table(self, name: str) -> str:
        """A group's part of the table for a database."""
        return f"{self.table_uri}/{_PREFIX}{name}"

    def document(self, name: str) -> str:
        """A group's FinishedGroup."""
        return f"{self.groups_uri}/{name}.json"


@dataclass(frozen=True, kw_only=True)
class Group:
    """Files that are finished at once."""

    files: tuple[SourceFile, ...]
    settings: str

    @property
    def name(self) -> str:
        """Equal files and settings, equal name."""
        text = json.dumps([self.settings, *[each.state for each in self.files]])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def make_groups(files: Sequence[SourceFile], *, settings: str, group_bytes: int) -> list[Group]:
    """Files in their order, as many as have `group_bytes` together, at least one."""
    groups: list[list[SourceFile]] = []
    size = 0
    for each in files:
        if not groups or size + each.bytes > group_bytes or len(groups[-1]) == MOST_FILES:
            groups.append([])
            size = 0
        groups[-1].append(each)
        size += each.bytes
    return [Group(files=tuple(each), settings=settings) for each in groups]


def finished_groups(
    spark: SparkSession, places: Places, files: Sequence[SourceFile], settings: str
) -> list[FinishedGroup]:
    """What an earlier try finished and is still so: the same settings, every file there and unchanged.

    All else that it left is removed: documents first, for a folder without one is removed by the next try too.
    """
    names = [name.removesuffix(".json") for name in names_in(spark, places.groups_uri) if name.endswith(".json")]
    states = {each.state for each in files}
    kept = []
    for name in names:
        uri = places.document(name)
        found = read_whole(spark, FinishedGroup, uri)
        if found and found.settings == settings and _unchanged(found, states):
            kept.append(found)
        else:
            discard_document(spark, uri)
    _discard_unfinished(spark, places, {each.name for each in kept})
    return kept


def _unchanged(group: FinishedGroup, states: set[tuple[str, int, int]]) -> bool:
    return all((each.uri, each.bytes, each.modified) in states for each in group.files)


def _discard_unfinished(spark: SparkSession, places: Places, finished: set[str]) -> None:
    for uri in filter(None, (places.predictions_uri, places.quarantine_uri, places.table_uri)):
        for folder in names_in(spark, uri):
            if folder.startswith(_PREFIX) and folder.removeprefix(_PREFIX) not in finished:
                discard_folder(spark, f"{uri}/{folder}")
