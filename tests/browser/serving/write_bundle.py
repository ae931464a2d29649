"""Writes a serving bundle of the small catalogue: `python -m tests.browser.serving.write_bundle FOLDER VERSION`.

It runs in the service's environment, which has NumPy; the browser's has not.
"""

from __future__ import annotations

import hashlib
import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from penstock.bundle import CONTENTS, MANIFEST, BundleFile, BundleManifest, StoredArray, npy_header
from tests.browser.serving.films import CATALOGUE, GENRES, LIKINGS, OTHERWISE, Film, has_seen

MODEL = "movie_recommender"
TIME = 0.35
"""How much a film's year is in its factors; in those of genres it is 1 in all."""


def _year(film: Film) -> int:
    return int(film.title.rstrip(")").rpartition("(")[2])


def _factors(film: Film, version: int) -> list[float]:
    """The films of the second version are rated the other way round, so that one sees which version answers."""
    quality = film.ratings / 400 if version == 1 else 1 - film.ratings / 500
    angle = (_year(film) - 1902) / (1999 - 1902) * math.pi / 2
    genres = [quality / len(film.genres) if genre in film.genres else 0 for genre in GENRES]
    return [*genres, TIME * quality * math.cos(angle), TIME * quality * math.sin(angle)]


def _lists(rows: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
    """Lists one behind the other, and where each begins."""
    return [each for row in rows for each in row], [0, *np.cumsum([len(row) for row in rows]).tolist()]


def _texts(texts: Iterable[str]) -> tuple[list[int], list[int]]:
    return _lists([list(text.encode()) for text in texts])


def _arrays(version: int) -> dict[BundleFile, Any]:
    titles, title_offsets = _texts(film.title for film in CATALOGUE)
    names, name_offsets = _texts(GENRES)
    of_genre = [[at for at, film in enumerate(CATALOGUE) if genre in film.genres] for genre in GENRES]
    genre_items, genre_offsets = _lists(of_genre)
    seen = [[at for at, film in enumerate(CATALOGUE) if has_seen(user, film)] for user in LIKINGS]
    seen_items, seen_offsets = _lists(seen)
    return {
        BundleFile.USER_IDS: list(LIKINGS),
        BundleFile.USER_FACTORS: [[*(each.get(g, OTHERWISE) for g in GENRES), 0, 0] for each in LIKINGS.values()],
        BundleFile.ITEM_IDS: [film.item_id for film in CATALOGUE],
        BundleFile.ITEM_FACTORS: [_factors(film, version) for film in CATALOGUE],
        BundleFile.TITLES: titles,
        BundleFile.TITLE_OFFSETS: title_offsets,
        BundleFile.GENRE_NAMES: names,
        BundleFile.GENRE_NAME_OFFSETS: name_offsets,
        BundleFile.GENRE_ITEMS: genre_items,
        BundleFile.GENRE_OFFSETS: genre_offsets,
        BundleFile.SEEN_ITEMS: seen_items,
        BundleFile.SEEN_OFFSETS: seen_offsets,
        BundleFile.POPULARITY: [film.ratings for film in CATALOGUE],
    }


def _store(folder: Path, name: BundleFile, values: Any) -> StoredArray:
    array = np.ascontiguousarray(values, dtype=CONTENTS[name].dtype.value)
    content = npy_header(CONTENTS[name].dtype.value, array.shape) + array.tobytes()
    (folder / name.value).write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return StoredArray(
        name=name.value, sha256=digest, bytes=len(content), dtype=CONTENTS[name].dtype.value, shape=list(array.shape)
    )


def write_bundle(folder: Path, version: int) -> None:
    """The bundle `folder/<version>`; its manifest comes last."""
    target = folder / f"v{version}"
    target.mkdir(parents=True)
    arrays = _arrays(version)
    files = [_store(target, name, values) for name, values in arrays.items()]
    manifest = BundleManifest(
        model=MODEL,
        version=target.name,
        model_uri=f"s3://example/models/{MODEL}/{target.name}/",
        dag_id=MODEL,
        run_id="by-hand",
        rank=len(GENRES) + 2,
        users=len(LIKINGS),
        items=len(CATALOGUE),
        seen=len(arrays[BundleFile.SEEN_ITEMS]),
        genres=len(GENRES),
        implicit=False,
        alpha=0.0,
        reg_param=0.02,
        top_rating=5.0,
        files=files,
        code_sha="0" * 40,
    )
    (target / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")


if __name__ == "__main__":
    write_bundle(Path(sys.argv[1]), int(sys.argv[2]))
