"""Registered versions of models that nobody will ask for again.

A version is removed from the registry first and from S3 then, so that a crash leaves garbage, and never a version
without a model. The mark that is written before both tells the garbage of a crash from the copy of a promotion under
way, and from the models of a registry that was lost.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from penstock.layout import split_uri
from workflow.housekeeping.objects import discard_folder, folders

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mlflow.tracking import MlflowClient

MARK = "_removing"
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of a model; `mentions` are all locations that it refers to."""

    name: str
    number: int
    source: str
    mentions: frozenset[str]


def all_versions(mlflow: MlflowClient) -> list[Version]:
    """Every version of every model in the registry."""
    found, token = [], None
    while True:
        page = mlflow.search_model_versions(max_results=1_000, page_token=token)
        found += [_version(each) for each in page]
        token = page.token
        if not token:
            return found


def aliased(mlflow: MlflowClient, name: str) -> set[int]:
    """The versions that carry an alias, such as the champion, asked anew."""
    return {int(number) for number in mlflow.get_registered_model(name).aliases.values()}


def excess(versions: Sequence[Version], models_uri: str, newest: int) -> list[Version]:
    """Of each model the versions beyond the newest, oldest first; those whose model lies elsewhere are not ours."""
    named: dict[str, list[Version]] = defaultdict(list)
    for each in versions:
        place, _, segment = each.source.rpartition("/")
        if segment and place == f"{models_uri}/{each.name}":
            named[each.name].append(each)
    ordered = (sorted(found, key=lambda each: each.number) for found in named.values())
    return [each for found in ordered for each in found[:-newest]]


def remove_version(mlflow: MlflowClient, s3: Any, version: Version) -> bool:
    """Remove a version and its model; False if it has come to carry an alias in the meantime."""
    bucket, key = split_uri(version.source)
    s3.put_object(Bucket=bucket, Key=f"{key}/{MARK}", Body=b"")
    if version.number in aliased(mlflow, version.name):
        s3.delete_object(Bucket=bucket, Key=f"{key}/{MARK}")
        return False
    mlflow.delete_model_version(version.name, str(version.number))
    log.info("Removed version %d of %s from the registry", version.number, version.name)
    if version.source not in sources(all_versions(mlflow)):
        discard_folder(s3, version.source, last=MARK)
    return True


def remove_leftovers(s3: Any, models_uri: str, known: Collection[str]) -> list[str]:
    """Finish what a crash left: marked folders that no version points at; returns them."""
    left = [each.uri for each in folders(s3, models_uri, depth=2) if each.uri not in known and _marked(s3, each.uri)]
    for uri in left:
        discard_folder(s3, uri, last=MARK)
    return left


def sources(versions: Sequence[Version]) -> set[str]:
    """Where their models lie."""
    return {each.source for each in versions}


def _marked(s3: Any, uri: str) -> bool:
    bucket, key = split_uri(uri)
    return bool(s3.list_objects_v2(Bucket=bucket, Prefix=f"{key}/{MARK}", MaxKeys=1).get("KeyCount"))


def _version(entity: Any) -> Version:
    locations = [str(entity.source), *(str(value) for value in entity.tags.values())]
    return Version(
        name=str(entity.name),
        number=int(entity.version),
        source=str(entity.source).rstrip("/"),
        mentions=frozenset(each for each in locations if each.startswith("s3://")),
    )
