"""Where bundles come from: folders of this machine, or S3. Only what lies below a configured root is looked at."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from penstock.errors import BundleError
from penstock.layout import split_uri
from serving.bundle.arrays import open_regular

CHUNK = 1024**2
S3_PREFIX = "s3://"


class Source(Protocol):
    """A folder that can be read from."""

    def read(self, name: str) -> Iterator[bytes]:
        """The content of a file, in pieces; raises BundleError if there is none."""
        ...

    def where(self, name: str) -> str:
        """The file, for messages."""
        ...


@dataclass(frozen=True, kw_only=True)
class FolderSource:
    """A folder of this machine."""

    folder: Path

    def read(self, name: str) -> Iterator[bytes]:
        """The content in pieces; a link is refused."""
        with open_regular(self.folder / name) as file:
            while piece := file.read(CHUNK):
                yield piece

    def where(self, name: str) -> str:
        """The file's path."""
        return str(self.folder / name)


def source_of(uri: str, roots: Sequence[str]) -> Source:
    """What `uri`, an s3:// location or an absolute path, means; raises BundleError unless it is below a root.

    The text is judged before the file system is asked for anything, so that a caller learns nothing about other paths.
    """
    steps = uri.removeprefix(S3_PREFIX).split("/") if uri.startswith(S3_PREFIX) else uri.removeprefix("/").split("/")
    odd = not uri.isprintable() or set(uri) & set("\\?#") or any(step in ("", ".", "..") for step in steps)
    allowed = [each for each in roots if uri.startswith(each.rstrip("/") + "/") and each.rstrip("/")]
    if odd or not allowed:
        raise BundleError(
            f"{uri[:200]!r}: no bundle may be loaded from there; expected a folder below one of the configured roots, "
            "without '.', '..' or empty steps"
        )
    if uri.startswith(S3_PREFIX):
        from serving.bundle.s3 import S3Source  # noqa: PLC0415 - a service without S3 does not hold its 9 MB

        bucket, prefix = split_uri(uri)
        return S3Source(bucket=bucket, prefix=prefix)
    return FolderSource(folder=_resolved(uri, allowed))


def _resolved(uri: str, roots: Sequence[str]) -> Path:
    """The folder itself: a link inside of a root may not lead out of it."""
    folder = Path(os.path.realpath(uri))
    if not any(folder.is_relative_to(os.path.realpath(root)) for root in roots):
        raise BundleError(f"{uri!r}: a link leads out of the configured roots; no bundle may be loaded from there")
    return folder
