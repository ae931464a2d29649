"""Bundles brought into a cache folder: checked while they arrive, there whole or not at all.

A process that serves from the cache is never disturbed by what happens at the source, nor by another process that
fetches the same: each writes into a folder of its own, and one of the renames wins.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from penstock.bundle import MANIFEST, StoredArray
from penstock.errors import BundleError
from serving.bundle.manifest import MANIFEST_LIMIT, MAX_BYTES, read_manifest
from serving.bundle.opened import open_bundle
from serving.bundle.sources import source_of

if TYPE_CHECKING:
    from serving.bundle.sources import Source

_DIGITS = 16
"""Hexadecimal digits of the manifest's checksum in the name of a cached bundle."""


def fetch(uri: str, cache: Path, roots: Sequence[str], *, max_bytes: int = MAX_BYTES) -> Path:
    """The folder in `cache` that holds the bundle at `uri`, downloaded if it is not there; raises BundleError.

    What is in the cache is found by the manifest's checksum, and is checked again before it is used.
    """
    source = source_of(uri, roots)
    content = _read_at_most(source, MANIFEST, MANIFEST_LIMIT)
    manifest = read_manifest(content, source.where(MANIFEST), max_bytes=max_bytes)
    digest = hashlib.sha256(content).hexdigest()[:_DIGITS]
    target = cache / manifest.model / f"{manifest.version}-{digest}"
    if _is_whole(target, max_bytes):
        with suppress(FileNotFoundError):
            os.utime(target)
        return target
    draft = cache / f".draft-{uuid.uuid4()}"
    try:
        draft.mkdir(parents=True)
        for each in manifest.files:
            _download(source, each, draft / each.name)
        (draft / MANIFEST).write_bytes(content)
        _place(draft, target, max_bytes)
    except OSError as error:
        raise BundleError(f"{uri}: cannot be stored in the cache {cache} ({error})") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def prune(cache: Path, model: str, *, keep: int) -> list[Path]:
    """Remove all but the `keep` bundles of a model that were fetched last; returns what was removed.

    A process that has one of them open keeps its mapping: the disk is freed when it lets go. Several may prune at once.
    """
    found = sorted((cache / model).iterdir(), key=_fetched, reverse=True)
    for each in found[keep:]:
        shutil.rmtree(each, ignore_errors=True)
    return found[keep:]


def _fetched(folder: Path) -> float:
    """When it was last fetched; long ago, if another process has just removed it."""
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _read_at_most(source: Source, name: str, limit: int) -> bytes:
    content = b""
    for piece in source.read(name):
        content += piece
        if len(content) > limit:
            raise BundleError(f"{source.where(name)}: more than {limit:,} bytes")
    return content


def _download(source: Source, stored: StoredArray, target: Path) -> None:
    """Stop as soon as there is one byte too many: what a manifest does not announce fills no disk."""
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as file:
        for piece in source.read(stored.name):
            size += len(piece)
            if size > stored.bytes:
                raise BundleError(f"{source.where(stored.name)}: more than the {stored.bytes:,} bytes of the manifest")
            digest.update(piece)
            file.write(piece)
    if size != stored.bytes:
        raise BundleError(f"{source.where(stored.name)}: {size:,} bytes; expected {stored.bytes:,} by the manifest")
    if digest.hexdigest() != stored.sha256:
        raise BundleError(
            f"{source.where(stored.name)}: sha256 {digest.hexdigest()}; expected {stored.sha256} by the manifest"
        )


def _is_whole(folder: Path, max_bytes: int) -> bool:
    try:
        open_bundle(folder, max_bytes=max_bytes)
    except BundleError:
        return False
    return True


def _place(draft: Path, target: Path, max_bytes: int) -> None:
    """Rename, which replaces no folder that has files; one that is damaged is moved out of the way."""
    target.parent.mkdir(exist_ok=True)
    try:
        draft.rename(target)
    except OSError:
        if _is_whole(target, max_bytes):
            return
        aside = draft.with_name(f"{draft.name}-damaged")
        target.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)
        draft.rename(target)
    os.utime(target)
