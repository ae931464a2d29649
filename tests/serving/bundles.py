"""A bundle small enough to know by heart."""

import json
from contextlib import suppress

import numpy as np

from bundle_data import lists, text, write_bundle
from penstock.bundle import MANIFEST, BundleFile, BundleManifest
from penstock.errors import DocumentError

TITLES = ["Matrix, The (1999)", "Amélie (2001)", "Item 30", "Night of the Matrix (1970)"]
GENRES = ["Action", "Comedy"]


def small_arrays():
    """3 users and 4 items of rank 2; item 30 has no movie row."""
    titles, title_offsets = text(TITLES)
    names, name_offsets = text(GENRES)
    genre_items, genre_offsets = lists([[0, 3], [0, 1]])
    seen, seen_offsets = lists([[1, 3], [], [0]])
    return {
        BundleFile.USER_IDS: np.array([1, 5, 7]),
        BundleFile.USER_FACTORS: np.array([[1, 0], [0, 2], [1, 1]], dtype=np.float32),
        BundleFile.ITEM_IDS: np.array([10, 20, 30, 40]),
        BundleFile.ITEM_FACTORS: np.array([[3, 0], [0, 1], [1, 1], [2, -1]], dtype=np.float32),
        BundleFile.TITLES: titles,
        BundleFile.TITLE_OFFSETS: title_offsets,
        BundleFile.GENRE_NAMES: names,
        BundleFile.GENRE_NAME_OFFSETS: name_offsets,
        BundleFile.GENRE_ITEMS: genre_items,
        BundleFile.GENRE_OFFSETS: genre_offsets,
        BundleFile.SEEN_ITEMS: seen,
        BundleFile.SEEN_OFFSETS: seen_offsets,
        BundleFile.POPULARITY: np.array([5, 7, 7, 0]),
    }


def write_small(folder, changes=None, **facts):
    """The bundle with some arrays replaced; its manifest agrees with them."""
    return write_bundle(folder, {**small_arrays(), **(changes or {})}, version="0123abcd", **facts)


def change_manifest(folder, **changes):
    """Sealed again, where it can be read at all."""
    text = json.dumps({**json.loads((folder / MANIFEST).read_text()), **changes})
    with suppress(DocumentError):
        text = BundleManifest.from_json(text, "").sealed().to_json()
    (folder / MANIFEST).write_text(text)
