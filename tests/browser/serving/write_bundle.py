"""Writes serving bundles of the small catalogue: `python -m tests.browser.serving.write_bundle FOLDER 1 2`.

It runs in the service's environment, which has NumPy; the browser's has not.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np

from bundle_data import lists, text, write_bundle
from penstock.bundle import BundleFile
from tests.browser.serving.films import CATALOGUE, GENRES, LIKINGS, OTHERWISE, Film, has_seen

TIME = 0.35
"""How much a film's year is in its factors; in those of genres it is 1 in all."""
FIRST, LAST = 1902, 1999


def _year(film: Film) -> int:
    return int(film.title.rstrip(")").rpartition("(")[2])


def _factors(film: Film, version: int) -> list[float]:
    """The films of later versions are rated the other way round, so that one sees which version answers."""
    quality = film.ratings / 400 if version == 1 else 1 - film.ratings / 500
    angle = (_year(film) - FIRST) / (LAST - FIRST) * math.pi / 2
    genres = [quality / len(film.genres) if genre in film.genres else 0 for genre in GENRES]
    return [*genres, TIME * quality * math.cos(angle), TIME * quality * math.sin(angle)]


def arrays(version: int) -> dict[BundleFile, Any]:
    """The catalogue and its viewers."""
    titles, title_offsets = text([film.title for film in CATALOGUE])
    names, name_offsets = text(GENRES)
    places = list(enumerate(CATALOGUE))
    genre_items, genre_offsets = lists([[at for at, film in places if genre in film.genres] for genre in GENRES])
    seen, seen_offsets = lists([[at for at, film in places if has_seen(user, film)] for user in LIKINGS])
    likings = [[*(each.get(genre, OTHERWISE) for genre in GENRES), 0, 0] for each in LIKINGS.values()]
    return {
        BundleFile.USER_IDS: np.array(list(LIKINGS)),
        BundleFile.USER_FACTORS: np.array(likings),
        BundleFile.ITEM_IDS: np.array([film.item_id for film in CATALOGUE]),
        BundleFile.ITEM_FACTORS: np.array([_factors(film, version) for film in CATALOGUE]),
        BundleFile.TITLES: titles,
        BundleFile.TITLE_OFFSETS: title_offsets,
        BundleFile.GENRE_NAMES: names,
        BundleFile.GENRE_NAME_OFFSETS: name_offsets,
        BundleFile.GENRE_ITEMS: genre_items,
        BundleFile.GENRE_OFFSETS: genre_offsets,
        BundleFile.SEEN_ITEMS: seen,
        BundleFile.SEEN_OFFSETS: seen_offsets,
        BundleFile.POPULARITY: np.array([film.ratings for film in CATALOGUE]),
    }


if __name__ == "__main__":
    for number in map(int, sys.argv[2:]):
        name = f"v{number}"
        write_bundle(Path(sys.argv[1]) / name, arrays(number), version=name, implicit=False)
