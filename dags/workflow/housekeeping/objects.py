"""Objects on S3 by their folders: counted, and removed a thousand at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from penstock.errors import PenstockError
from penstock.layout import split_uri

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

BATCH = 1_000
"""https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html: "up to 1,000 keys"."""


@dataclass(frozen=True, kw_only=True)
class Folder:
    """What lies below one location."""

    uri: str
    objects: int
    bytes: int
    newest: datetime


def folders(s3: Any, uri: str, *, depth: int) -> list[Folder]:
    """The folders `depth` levels below a location, with all that is in them; objects above that level are not told."""
    found: dict[str, Folder] = {}
    for each in _listed(s3, uri):
        parts = each["Key"][len(_prefix(uri)) :].split("/")
        if len(parts) > depth:
            place = "/".join([uri.rstrip("/"), *parts[:depth]])
            found[place] = _grown(found.get(place), place, each)
    return [found[place] for place in sorted(found)]


def discard_folder(s3: Any, uri: str, *, last: str = "") -> None:
    """Remove all below a location, the object `last` at the end; raises PenstockError or ClientError."""
    final = f"{_prefix(uri)}{last}"
    keys = [each["Key"] for each in _listed(s3, uri)]
    remove(s3, uri, sorted(keys, key=lambda key: key == final))


def older(s3: Any, uri: str, before: datetime) -> tuple[list[str], int]:
    """Keys below a location that were last written before a moment, and their bytes."""
    found = [each for each in _listed(s3, uri) if each["LastModified"] < before]
    return [each["Key"] for each in found], sum(each["Size"] for each in found)


def remove(s3: Any, uri: str, keys: Sequence[str]) -> None:
    """Remove keys of a location's bucket; raises PenstockError with the first that S3 refuses."""
    bucket, prefix = split_uri(uri)[0], _prefix(uri)
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        if stray := [key for key in batch if not key.startswith(prefix)]:
            raise PenstockError(f"s3://{bucket}/{stray[0]} does not lie below {uri}: nothing was removed of this batch")
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True})
        for error in answer.get("Errors", [])[:1]:
            raise PenstockError(
                f"s3://{bucket}/{error['Key']} could not be removed: {error['Code']}: {error['Message']} "
                f"({len(answer['Errors'])} of {len(batch)} objects)"
            )


def _listed(s3: Any, uri: str) -> Iterator[dict[str, Any]]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=split_uri(uri)[0], Prefix=_prefix(uri))
    return (each for page in pages for each in page.get("Contents", []))


def _prefix(uri: str) -> str:
    """The slash keeps `runs/d/r1` from holding `runs/d/r10`."""
    return f"{split_uri(uri)[1].rstrip('/')}/"


def _grown(folder: Folder | None, uri: str, entry: dict[str, Any]) -> Folder:
    if folder is None:
        return Folder(uri=uri, objects=1, bytes=entry["Size"], newest=entry["LastModified"])
    return Folder(
        uri=uri,
        objects=folder.objects + 1,
        bytes=folder.bytes + entry["Size"],
        newest=max(folder.newest, entry["LastModified"]),
    )
