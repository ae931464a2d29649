"""A bundle in memory, with the lookups that a request needs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from penstock.bundle import MANIFEST, BundleFile, BundleManifest
from penstock.errors import BundleError
from serving.bundle.arrays import open_array, open_regular
from serving.bundle.manifest import MANIFEST_LIMIT, MAX_BYTES, read_manifest
from serving.bundle.structure import check_structure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Positions = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Bundle:
    """Arrays as penstock/bundle.py describes them, mapped read-only. A position is a row of the factors."""

    path: Path
    manifest: BundleManifest
    user_ids: NDArray[np.int64]
    user_factors: NDArray[np.float32]
    item_ids: NDArray[np.int64]
    item_factors: NDArray[np.float32]
    popularity: NDArray[np.int64]
    seen_offsets: NDArray[np.int64]
    seen_items: Positions
    genre_offsets: NDArray[np.int64]
    genre_items: Positions
    titles: NDArray[np.uint8]
    title_offsets: NDArray[np.int64]
    genres: tuple[str, ...]
    """Names, sorted."""
    item_genre_offsets: NDArray[np.int64]
    item_genres: NDArray[np.int16]
    """Places in `genres` of the genres of each item, ascending: `genre_items` the other way round."""

    @property
    def users(self) -> int:
        """How many."""
        return len(self.user_ids)

    @property
    def items(self) -> int:
        """How many."""
        return len(self.item_ids)

    def user_position(self, user_id: int) -> int | None:
        """Where the user is; None if the model does not know them."""
        return _place(self.user_ids, user_id)

    def item_position(self, item_id: int) -> int | None:
        """Where the item is; None if the model does not know it."""
        return _place(self.item_ids, item_id)

    def genre_place(self, name: str) -> int | None:
        """Where the genre is in `genres`; None if no item has it."""
        return self.genres.index(name) if name in self.genres else None

    def seen_by(self, user: int) -> Positions:
        """Positions of the items that the user at this position has rated, ascending."""
        return self.seen_items[self.seen_offsets[user] : self.seen_offsets[user + 1]]

    def items_of(self, genre: int) -> Positions:
        """Positions of the items of the genre at this place, ascending."""
        return self.genre_items[self.genre_offsets[genre] : self.genre_offsets[genre + 1]]

    def title(self, item: int) -> str:
        """The title of the item at this position."""
        return self.titles[self.title_offsets[item] : self.title_offsets[item + 1]].tobytes().decode()

    def genres_of(self, item: int) -> tuple[str, ...]:
        """The names of the genres of the item at this position, sorted."""
        places = self.item_genres[self.item_genre_offsets[item] : self.item_genre_offsets[item + 1]]
        return tuple([self.genres[place] for place in places.tolist()])


def open_bundle(path: Path, *, verify: bool = True, max_bytes: int = MAX_BYTES) -> Bundle:
    """The bundle in the folder `path`, checked to the last element; raises BundleError for whatever is wrong with it.

    `verify` also compares every file's checksum, which reads all of it once; nothing is executed or unpickled.
    """
    with open_regular(path / MANIFEST) as file:
        manifest = read_manifest(file.read(MANIFEST_LIMIT + 1), str(path / MANIFEST), max_bytes=max_bytes)
    stored = {BundleFile(each.name): each for each in manifest.files}
    arrays = {name: open_array(path / name.value, stored[name], verify=verify) for name in BundleFile}
    check_structure(arrays, str(path))
    genres = _genre_names(arrays, path)
    item_genre_offsets, item_genres = _by_item(arrays, manifest.items)
    return Bundle(
        path=path,
        manifest=manifest,
        user_ids=arrays[BundleFile.USER_IDS],
        user_factors=arrays[BundleFile.USER_FACTORS],
        item_ids=arrays[BundleFile.ITEM_IDS],
        item_factors=arrays[BundleFile.ITEM_FACTORS],
        popularity=arrays[BundleFile.POPULARITY],
        seen_offsets=arrays[BundleFile.SEEN_OFFSETS],
        seen_items=arrays[BundleFile.SEEN_ITEMS],
        genre_offsets=arrays[BundleFile.GENRE_OFFSETS],
        genre_items=arrays[BundleFile.GENRE_ITEMS],
        titles=arrays[BundleFile.TITLES],
        title_offsets=arrays[BundleFile.TITLE_OFFSETS],
        genres=genres,
        item_genre_offsets=item_genre_offsets,
        item_genres=item_genres,
    )


def _place(ids: NDArray[np.int64], wanted: int) -> int | None:
    if not -(2**63) <= wanted < 2**63:
        return None
    found = int(ids.searchsorted(wanted))
    return found if found < len(ids) and ids.item(found) == wanted else None


def _genre_names(arrays: dict[BundleFile, NDArray[Any]], path: Path) -> tuple[str, ...]:
    text, offsets = arrays[BundleFile.GENRE_NAMES].tobytes(), arrays[BundleFile.GENRE_NAME_OFFSETS].tolist()
    names = [text[start:end].decode() for start, end in pairwise(offsets)]
    if not all(names) or names != sorted(set(names)):
        raise BundleError(
            f"{path / BundleFile.GENRE_NAMES.value}: {str(names)[:200]}; expected names, sorted, each once"
        )
    return tuple(names)


def _by_item(arrays: dict[BundleFile, NDArray[Any]], items: int) -> tuple[NDArray[np.int64], NDArray[np.int16]]:
    positions, offsets = arrays[BundleFile.GENRE_ITEMS], arrays[BundleFile.GENRE_OFFSETS]
    genres = np.repeat(np.arange(len(offsets) - 1, dtype=np.int16), np.diff(offsets))
    counts = np.bincount(positions, minlength=items)
    return np.concatenate([[0], np.cumsum(counts)]), genres[np.argsort(positions, kind="stable")]
