"""What a serving bundle consists of: the contract between the job that writes it and the service that reads it.

A bundle is a folder of arrays in NumPy's own format and a manifest, which is written last. The names, types and shapes
of the arrays are fixed here, so that a reader knows every byte of a file's header before it opens the file.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar

from penstock.codec import encode
from penstock.documents import Document

MANIFEST = "manifest.json"
"""The document of a bundle; a folder without it is no bundle."""


class ElementType(StrEnum):
    """What an array holds, in NumPy's notation (byte order, kind, bytes); objects and strings are none of them."""

    INT64 = "<i8"
    INT32 = "<i4"
    FLOAT32 = "<f4"
    BYTE = "|u1"

    @property
    def size(self) -> int:
        """Bytes of one element."""
        return int(self.value[2:])


class BundleFile(StrEnum):
    """The arrays of a bundle. The position of an item is its place in `item_ids.npy`; a user's, in `user_ids.npy`."""

    USER_IDS = "user_ids.npy"
    """Ascending."""
    USER_FACTORS = "user_factors.npy"
    ITEM_IDS = "item_ids.npy"
    """Ascending."""
    ITEM_FACTORS = "item_factors.npy"
    TITLES = "titles.npy"
    """UTF-8 of all titles, one behind the other."""
    TITLE_OFFSETS = "title_offsets.npy"
    """Where each item's title begins in the titles; the last is where they end."""
    GENRE_NAMES = "genre_names.npy"
    """UTF-8 of all genres, one behind the other, sorted."""
    GENRE_NAME_OFFSETS = "genre_name_offsets.npy"
    GENRE_ITEMS = "genre_items.npy"
    """Positions of the items of each genre, ascending, one genre behind the other."""
    GENRE_OFFSETS = "genre_offsets.npy"
    SEEN_ITEMS = "seen_items.npy"
    """Positions of the items that each user has rated, ascending, one user behind the other."""
    SEEN_OFFSETS = "seen_offsets.npy"
    POPULARITY = "popularity.npy"
    """Ratings of each item."""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """Type and shape of one array; an axis is a count of the manifest, one more than it (offsets), or free (None)."""

    dtype: ElementType
    axes: tuple[str | None, ...]
    extra: int = 0
    """What the first axis has beyond the count."""


def _offsets(axis: str) -> Contents:
    return Contents(dtype=ElementType.INT64, axes=(axis,), extra=1)


CONTENTS: dict[BundleFile, Contents] = {
    BundleFile.USER_IDS: Contents(dtype=ElementType.INT64, axes=("users",)),
    BundleFile.USER_FACTORS: Contents(dtype=ElementType.FLOAT32, axes=("users", "rank")),
    BundleFile.ITEM_IDS: Contents(dtype=ElementType.INT64, axes=("items",)),
    BundleFile.ITEM_FACTORS: Contents(dtype=ElementType.FLOAT32, axes=("items", "rank")),
    BundleFile.TITLES: Contents(dtype=ElementType.BYTE, axes=(None,)),
    BundleFile.TITLE_OFFSETS: _offsets("items"),
    BundleFile.GENRE_NAMES: Contents(dtype=ElementType.BYTE, axes=(None,)),
    BundleFile.GENRE_NAME_OFFSETS: _offsets("genres"),
    BundleFile.GENRE_ITEMS: Contents(dtype=ElementType.INT32, axes=(None,)),
    BundleFile.GENRE_OFFSETS: _offsets("genres"),
    BundleFile.SEEN_ITEMS: Contents(dtype=ElementType.INT32, axes=("seen",)),
    BundleFile.SEEN_OFFSETS: _offsets("users"),
    BundleFile.POPULARITY: Contents(dtype=ElementType.INT64, axes=("items",)),
}


@dataclass(frozen=True, kw_only=True)
class StoredArray:
    """One file of a bundle."""

    name: str
    sha256: str
    """Of the whole file, header included."""
    bytes: int
    dtype: str
    shape: list[int]


@dataclass(frozen=True, kw_only=True)
class BundleManifest(Document):
    """A serving bundle: which model it was made of, how much there is of what, and every file with its checksum."""

    kind: ClassVar[str] = "bundle_manifest"

    model: str
    version: str
    """The registered version's folder."""
    model_uri: str
    dag_id: str
    run_id: str
    rank: int
    users: int
    items: int
    seen: int
    """Pairs of user and item that was rated."""
    genres: int
    implicit: bool
    """Whether the factors come of implicit feedback, every rating a 1 (Hu, Koren, Volinsky 2008), or of ratings."""
    alpha: float
    """What one rating adds to the confidence in it; 1 + alpha * rating. Without meaning for explicit ratings."""
    reg_param: float
    """MLlib's regParam, which it multiplies by the number of a user's ratings."""
    top_rating: float
    """The largest rating in the table: what an item that is liked counts as, where ratings are explicit."""
    files: list[StoredArray]
    code_sha: str
    checksum: str = ""
    """SHA-256 of everything else in here, however it is laid out as text."""

    def sealed(self) -> BundleManifest:
        """The same with its checksum."""
        return replace(self, checksum=self.expected_checksum())

    def expected_checksum(self) -> str:
        """What `checksum` must be."""
        text = json.dumps(encode(replace(self, checksum="")), sort_keys=True)
        return hashlib.sha256(text.encode("ascii")).hexdigest()

    def expected_shape(self, name: BundleFile) -> tuple[int | None, ...]:
        """The shape that the counts ask of a file; None for an axis that they leave open."""
        contents = CONTENTS[name]
        shape = [None if axis is None else int(getattr(self, axis)) for axis in contents.axes]
        if shape[0] is not None:
            shape[0] += contents.extra
        return tuple(shape)


def npy_header(dtype: str, shape: tuple[int, ...]) -> bytes:
    """Everything before the first element of a file in NumPy's format 1.0, in C order.

    The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html. It is written here and not by
    NumPy, whose padding differs between releases: equal arrays make equal files, and a reader need not parse a header.
    """
    magic = b"\x93NUMPY\x01\x00"
    text = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape!r}, }}"
    padding = -(len(magic) + 2 + len(text) + 1) % 64
    body = f"{text}{' ' * padding}\n".encode("ascii")
    return magic + len(body).to_bytes(2, "little") + body


def npy_bytes(dtype: str, shape: tuple[int, ...]) -> int:
    """The size of a file with this header and all its elements."""
    return len(npy_header(dtype, shape)) + math.prod(shape) * ElementType(dtype).size
