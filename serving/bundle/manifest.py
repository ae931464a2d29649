"""The manifest of a bundle, believed only after every number and every name in it was looked at."""

from __future__ import annotations

import math
import re

from penstock.bundle import CONTENTS, BundleFile, BundleManifest, StoredArray, npy_bytes
from penstock.errors import BundleError, DocumentError

MANIFEST_LIMIT = 1024**2
"""Bytes; a manifest of all files takes some 4,000."""
MAX_BYTES = 16 * 1024**3
"""Bytes of a bundle that is taken unless a caller says otherwise."""
_LARGEST = {"users": 2**31 - 1, "items": 2**31 - 1, "rank": 1_000, "genres": 10_000, "seen": 2**40}
"""Positions are int32; MLlib's ids are too. A rank or a number of genres beyond these is damage."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_LONGEST = 2_000
"""Characters of a text; S3 keys have at most 1,024 bytes, Airflow's ids 250 characters."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


def read_manifest(content: bytes, source: str, *, max_bytes: int = MAX_BYTES) -> BundleManifest:
    """Parse and check what came from `source`; raises BundleError."""
    if len(content) > MANIFEST_LIMIT:
        raise BundleError(f"{source}: more than {MANIFEST_LIMIT:,} bytes; a manifest has some thousand")
    try:
        manifest = BundleManifest.from_json(content.decode(), source)
    except UnicodeDecodeError as error:
        raise BundleError(f"{source}: not UTF-8 ({error})") from error
    except RecursionError as error:
        raise BundleError(f"{source}: nested too deeply for a manifest") from error
    except DocumentError as error:
        raise BundleError(str(error)) from error
    _check_counts(manifest, source)
    _check_texts(manifest, source)
    _check_files(manifest, source)
    if manifest.checksum != manifest.expected_checksum():
        raise BundleError(
            f"{source}: its checksum is {manifest.checksum[:70]!r}; expected {manifest.expected_checksum()!r} by what "
            "it says. Was it changed after it was written?"
        )
    total = sum(each.bytes for each in manifest.files)
    if total > max_bytes:
        raise BundleError(
            f"{source}: the files have {total:,} bytes together; at most {max_bytes:,} are taken. Raise the limit if "
            "the bundle is meant to be so large"
        )
    return manifest


def _check_counts(manifest: BundleManifest, source: str) -> None:
    for name, largest in _LARGEST.items():
        least = 1 if name in ("items", "rank") else 0
        value = getattr(manifest, name)
        if not least <= value <= largest:
            raise BundleError(f"{source}: {name} is {value}; expected {least} to {largest:,}")
    for name in ("alpha", "reg_param", "top_rating"):
        value = getattr(manifest, name)
        if not math.isfinite(value) or (name != "top_rating" and value < 0):
            raise BundleError(f"{source}: {name} is {value}; expected a finite number, not below 0")


def _check_texts(manifest: BundleManifest, source: str) -> None:
    for name in ("model_uri", "dag_id", "run_id", "code_sha"):
        value = getattr(manifest, name)
        if not value.isprintable() or len(value) > _LONGEST:
            raise BundleError(
                f"{source}: {name} is {value[:100]!a}; expected at most {_LONGEST:,} printable characters"
            )
    for name in ("model", "version"):
        value = getattr(manifest, name)
        if not _NAME.fullmatch(value):
            raise BundleError(f"{source}: {name} is {value[:130]!r}; expected letters, digits, '.', '_' and '-' only")


def _check_files(manifest: BundleManifest, source: str) -> None:
    names = [each.name for each in manifest.files]
    if sorted(names) != sorted(BundleFile):
        raise BundleError(
            f"{source}: lists the files {', '.join(sorted(names))[:500]}; expected each of "
            f"{', '.join(sorted(BundleFile))} once"
        )
    for each in manifest.files:
        _check_file(manifest, each, f"{source}: {each.name}")


def _check_file(manifest: BundleManifest, file: StoredArray, where: str) -> None:
    name = BundleFile(file.name)
    if file.dtype != CONTENTS[name].dtype:
        raise BundleError(f"{where} has dtype {file.dtype[:40]!r}; expected {CONTENTS[name].dtype.value!r}")
    expected = manifest.expected_shape(name)
    fits = len(file.shape) == len(expected) and all(
        0 <= got <= _LARGEST["seen"] and wanted in (None, got) for got, wanted in zip(file.shape, expected, strict=True)
    )
    if not fits:
        wanted = " x ".join("any" if each is None else f"{each:,}" for each in expected)
        raise BundleError(f"{where} has shape {str(file.shape)[:80]}; expected {wanted} by the manifest's counts")
    if file.bytes != npy_bytes(file.dtype, tuple(file.shape)):
        raise BundleError(
            f"{where} has {file.bytes:,} bytes; expected {npy_bytes(file.dtype, tuple(file.shape)):,} by its shape"
        )
    if not _SHA256.fullmatch(file.sha256):
        raise BundleError(f"{where} has sha256 {file.sha256[:70]!r}; expected 64 hexadecimal digits")
