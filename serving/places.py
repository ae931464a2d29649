"""Places beside each other: a bundle's parent folder, and its other versions. Whether a place may be opened is judged
by serving/bundle/sources.py."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from penstock.errors import BundleError

_S3 = "s3://"
VERSION = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
"""What a bundle's manifest may call its version; no slash, and no dot in front."""


def canonical(location: str) -> str:
    """A location as the reader of bundles wants it: absolute, no slash at the end."""
    if location.startswith(_S3):
        return location.rstrip("/")
    return str(Path(location).expanduser().absolute())


def parent_of(location: str) -> str:
    """The folder that a bundle lies in beside its other versions."""
    if location.startswith(_S3):
        return _S3 + str(PurePosixPath(location.removeprefix(_S3)).parent)
    return str(Path(location).parent)


def sibling(location: str, version: str) -> str:
    """Another version beside a bundle; raises BundleError for a version that is no plain name."""
    if not re.fullmatch(VERSION, version):
        raise BundleError(f"{version[:60]!r} is no version: expected the name of a bundle's folder, without a slash")
    return f"{parent_of(location)}/{version}"
