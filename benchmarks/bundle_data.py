"""Serving bundles of any content, and generated ones of any size: seeded, with a power law over users and items.

Usage: bundle_data.py FOLDER --users 138493 --items 26744 --rank 64 --ratings 20000000, in the service's environment.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from penstock.bundle import CONTENTS, MANIFEST, BundleFile, BundleManifest, StoredArray, npy_header

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Arrays = dict[BundleFile, NDArray[Any]]

GENRES = ["Action", "Animation", "Children", "Comedy", "Crime", "Drama", "Fantasy", "Horror", "Romance", "Thriller"]
"""Some of MovieLens's, sorted."""
GENRES_PER_ITEM = 2.3
"""Mean; as in MovieLens."""
WORDS = ["Night", "River", "Last", "Stone", "Summer", "Return", "City", "Dream", "Golden", "Silent", "Winter", "House"]


def write_bundle(folder: Path, arrays: Mapping[BundleFile, Any], **facts: Any) -> BundleManifest:
    """Files and manifest; `facts` are fields of the manifest that the arrays do not tell."""
    folder.mkdir(parents=True, exist_ok=True)
    stored = [_write_array(folder / name.value, name, np.asarray(arrays[name])) for name in BundleFile]
    items, rank = arrays[BundleFile.ITEM_FACTORS].shape
    told = {"model": "movie_recommender", "version": "1", "model_uri": "", "dag_id": "", "run_id": "", "code_sha": ""}
    manifest = BundleManifest(
        **{**told, "implicit": True, "alpha": 1.0, "reg_param": 0.1, "top_rating": 5.0, **facts},
        rank=rank,
        users=len(arrays[BundleFile.USER_IDS]),
        items=items,
        seen=len(arrays[BundleFile.SEEN_ITEMS]),
        genres=len(arrays[BundleFile.GENRE_OFFSETS]) - 1,
        files=stored,
    ).sealed()
    (folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    return manifest


def _write_array(path: Path, name: BundleFile, array: NDArray[Any]) -> StoredArray:
    dtype, digest = CONTENTS[name].dtype, hashlib.sha256()
    array = np.ascontiguousarray(array, dtype=np.dtype(dtype.value))
    with path.open("wb") as file:
        for piece in (npy_header(dtype, array.shape), memoryview(array).cast("B") if array.size else b""):
            digest.update(piece)
            file.write(piece)
    size = path.stat().st_size
    return StoredArray(
        name=name.value, sha256=digest.hexdigest(), bytes=size, dtype=dtype.value, shape=list(array.shape)
    )


def text(lines: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """UTF-8 of all, one behind the other, and the offsets."""
    encoded = [each.encode() for each in lines]
    offsets = np.concatenate([[0], np.cumsum([len(each) for each in encoded], dtype=np.int64)])
    return np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets.astype(np.int64)


def lists(rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """All lists, one behind the other, and the offsets."""
    offsets = np.concatenate([[0], np.cumsum([len(each) for each in rows])]).astype(np.int64)
    return np.array([each for row in rows for each in row], dtype=np.int32), offsets


def generate(users: int, items: int, rank: int, ratings: int) -> Arrays:
    """A catalogue and its users; scores have the spread of ALS's, the popular items are rated most."""
    rng = np.random.default_rng(rank)
    weights = 1 / (rng.permutation(items) + 20.0)
    seen, seen_offsets, popularity = _histories(users, items, ratings, weights, rng)
    item_genres = [np.flatnonzero(rng.random(items) < GENRES_PER_ITEM / len(GENRES)) for _ in GENRES]
    titles, title_offsets = text(_titles(items, rng))
    names, name_offsets = text(GENRES)
    return {
        BundleFile.USER_IDS: np.arange(1, users + 1),
        BundleFile.USER_FACTORS: rng.standard_normal((users, rank), dtype=np.float32) / rank**0.5,
        BundleFile.ITEM_IDS: np.sort(rng.choice(4 * items, items, replace=False)) + 1,
        BundleFile.ITEM_FACTORS: rng.standard_normal((items, rank), dtype=np.float32) / rank**0.5,
        BundleFile.TITLES: titles,
        BundleFile.TITLE_OFFSETS: title_offsets,
        BundleFile.GENRE_NAMES: names,
        BundleFile.GENRE_NAME_OFFSETS: name_offsets,
        BundleFile.GENRE_ITEMS: np.concatenate(item_genres),
        BundleFile.GENRE_OFFSETS: np.cumsum([0, *(len(each) for each in item_genres)]),
        BundleFile.SEEN_ITEMS: seen,
        BundleFile.SEEN_OFFSETS: seen_offsets,
        BundleFile.POPULARITY: popularity,
    }


def _histories(
    users: int, items: int, ratings: int, weights: NDArray[Any], rng: np.random.Generator
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Repeated draws of an item by a user fall together, so that there are somewhat fewer ratings than asked for."""
    activity = rng.pareto(1.2, users) + 0.3
    counts = np.minimum((activity / activity.sum() * ratings * 1.6).astype(np.int64) + 5, max(1, items // 3))
    cumulated = np.cumsum(weights / weights.sum())
    drawn = np.minimum(np.searchsorted(cumulated, rng.random(counts.sum())), items - 1)
    keys = np.unique(np.repeat(np.arange(users), counts) * 2**32 + drawn)
    seen = (keys & 0xFFFFFFFF).astype(np.int32)
    return seen, np.searchsorted(keys >> 32, np.arange(users + 1)), np.bincount(seen, minlength=items)


def _titles(items: int, rng: np.random.Generator) -> list[str]:
    first, second = rng.integers(0, len(WORDS), (2, items)).tolist()
    years = rng.integers(1930, 2024, items).tolist()
    return [
        f"{WORDS[a]} {WORDS[b]} {number}, The ({year})"
        for number, (a, b, year) in enumerate(zip(first, second, years, strict=True))
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--users", type=int, default=138_493)
    parser.add_argument("--items", type=int, default=26_744)
    parser.add_argument("--rank", type=int, default=64)
    parser.add_argument("--ratings", type=int, default=20_000_000)
    parser.add_argument("--version", default="1")
    options = parser.parse_args()
    arrays = generate(options.users, options.items, options.rank, options.ratings)
    write_bundle(options.folder, arrays, version=options.version)


if __name__ == "__main__":
    main()
