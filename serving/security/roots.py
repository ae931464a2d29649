"""Which places may be opened on a caller's word: those below the configured roots, by what they really are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_S3 = "s3://"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+=@-]{0,199}")
_LONGEST = 2048


class OutsideRoots(ValueError):  # noqa: N818 - it names what happened, and it is no failure of the service
    """A location that may not be opened; the message names it and the roots."""


@dataclass(frozen=True)
class Roots:
    """The folders and S3 prefixes below which bundles may lie."""

    roots: tuple[str, ...]

    def admit(self, location: str) -> str:
        """The location in its one canonical form; raises OutsideRoots for any that is not strictly below a root.

        Symbolic links are followed first, and S3 keys are compared by their segments, so that neither `..` nor a bucket
        or prefix that merely begins like a root's leads out.
        """
        canonical = canonical_location(location)
        if canonical is None or not any(_below(canonical, canonical_location(root)) for root in self.roots):
            shown = location if len(location) <= _LONGEST else f"{location[:60]}..."
            raise OutsideRoots(
                f"{shown!r} is not below {' or '.join(self.roots) or 'any root (none is configured)'}. "
                "The operator of the service sets PENSTOCK_SERVING_ROOTS"
            )
        return canonical


def canonical_location(location: str) -> str | None:
    """`s3://bucket/key` or an absolute, resolved path; None for what is neither."""
    if len(location) > _LONGEST or not location.isprintable() or "\\" in location:
        return None
    if location.startswith(_S3):
        return _canonical_s3(location.removeprefix(_S3))
    path = location.removeprefix("file://")
    return str(Path(path).resolve()) if path.startswith("/") else None


def _canonical_s3(rest: str) -> str | None:
    bucket, _, key = rest.rstrip("/").partition("/")
    if not _BUCKET.fullmatch(bucket):
        return None
    if key and any(segment in ("", ".", "..") for segment in key.split("/")):
        return None
    return f"{_S3}{bucket}/{key}" if key else f"{_S3}{bucket}"


def _below(location: str, root: str | None) -> bool:
    return root is not None and location != root and location.startswith(root.rstrip("/") + "/")


def parent_of(location: str) -> str:
    """The folder that a bundle lies in beside its other versions."""
    if location.startswith(_S3):
        return _S3 + str(PurePosixPath(location.removeprefix(_S3)).parent)
    return str(Path(location.removeprefix("file://")).absolute().parent)


def sibling(location: str, version: str) -> str:
    """Another version beside a bundle; raises OutsideRoots for a version that is no plain name."""
    if not _VERSION.fullmatch(version):
        raise OutsideRoots(
            f"{version[:60]!r} is no version: expected the name of a bundle's folder, without a slash"
        )
    return f"{parent_of(location)}/{version}"
