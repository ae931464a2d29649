"""The files of one dataset on this machine, and how they get to where the workflows look for them."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from penstock.layout import Layout, split_uri

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Source(StrEnum):
    """Where the rows come from."""

    FOLDER = "folder"
    PUBLISHER = "publisher"
    GENERATED = "generated"


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Files and where they come from; `name` is the `source.dataset` of the workflows that read them."""

    name: str
    source: Source
    folder: Path
    files: tuple[str, ...]
    detail: str

    def facts(self) -> dict[str, Any]:
        """The dataset as a summary records it."""
        digests = {f"{name} sha256": sha256(self.folder / name) for name in self.files}
        found = asdict(self) | {"folder": str(self.folder), "source": self.source.value} | digests
        del found["files"]
        return found


def holds(folder: Path, files: Iterable[str]) -> bool:
    """Whether all files are there."""
    return all((folder / name).is_file() for name in files)


def sha256(path: Path) -> str:
    """Of the file as it is."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def upload(s3: Any, dataset: Dataset, layout: Layout) -> None:
    """Put the files where the workflows look for them."""
    for name in dataset.files:
        bucket, key = split_uri(f"{layout.raw(dataset.name)}/{name}")
        s3.put_object(Bucket=bucket, Key=key, Body=(dataset.folder / name).read_bytes())
