"""Ratings made up by a known rule: power-law users and items, latent factors, and noise of known size.

Because the rule is known, so is the best possible error: a model whose RMSE approaches `noise_floor` has learnt it.
"""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_GENRES = ("Action", "Comedy", "Drama", "Horror", "Romance", "Thriller")
_FIRST_SECOND, _LAST_SECOND = 828_124_615, 1_537_799_250
"""From March 1996 to September 2018, as in MovieLens latest-small."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How much, and how hard: the defaults resemble MovieLens latest-small."""

    users: int = 610
    items: int = 3000
    ratings: int = 100_000
    factors: int = 8
    noise: float = 0.6
    """Standard deviation, in stars, of what no model can know."""
    seed: int = 42


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What was generated; `noise_floor` is the RMSE of the rule itself against the written (rounded) ratings."""

    shape: Shape
    ratings: int
    users: int
    items: int
    noise_floor: float


def generate(folder: Path, shape: Shape | None = None) -> Facts:
    """Write ratings.csv, movies.csv and facts.json into `folder`; equal shapes give equal bytes."""
    shape = shape or Shape()
    random = np.random.default_rng(shape.seed)
    user_factors = _unit(random, shape.users, shape.factors)
    item_factors = _unit(random, shape.items, shape.factors)
    users, items = _pairs(random, shape, user_factors, item_factors)
    truth = 3.5 + 1.5 * np.einsum("ij,ij->i", user_factors[users], item_factors[items]) * np.sqrt(shape.factors) / 2
    noisy = truth + random.normal(0, shape.noise, len(users))
    stars = np.clip(np.round(noisy * 2) / 2, 0.5, 5.0)
    seconds = random.integers(_FIRST_SECOND, _LAST_SECOND, len(users))
    floor = float(np.sqrt(np.mean((np.clip(truth, 0.5, 5.0) - stars) ** 2)))
    facts = Facts(
        shape=shape, ratings=len(users), users=len(np.unique(users)), items=shape.items, noise_floor=round(floor, 4)
    )
    folder.mkdir(parents=True, exist_ok=True)
    rows = zip((users + 1).tolist(), (items + 1).tolist(), stars.tolist(), seconds.tolist(), strict=True)
    _write(folder / "ratings.csv", ("userId", "movieId", "rating", "timestamp"), rows)
    movies = (
        (item + 1, f"Generated Film {item + 1} ({1960 + item % 60})", _genres(item)) for item in range(shape.items)
    )
    _write(folder / "movies.csv", ("movieId", "title", "genres"), movies)
    (folder / "facts.json").write_text(json.dumps(asdict(facts), indent=2) + "\n", encoding="utf-8")
    return facts


def _unit(random: np.random.Generator, rows: int, factors: int) -> NDArray[np.float64]:
    """Random directions: rows of length one."""
    matrix = random.normal(size=(rows, factors))
    unit: NDArray[np.float64] = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
    return unit


def _pairs(
    random: np.random.Generator, shape: Shape, user_factors: NDArray[np.float64], item_factors: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Who rated what, each pair once: busy users, popular items, and items that fit the user's taste."""
    activity = _power_law(random, shape.users, exponent=0.8)
    counts = np.maximum(20, np.round(activity * shape.ratings)).astype(int)
    counts = np.minimum(counts, shape.items // 4)
    popularity = np.log(_power_law(random, shape.items, exponent=0.7))
    users, items = [], []
    for user, count in enumerate(counts):
        taste = 3.0 * item_factors @ user_factors[user]
        # Gumbel top-k: a weighted sample without replacement (Yellott 1977).
        keys = popularity + taste + random.gumbel(size=shape.items)
        items.append(np.sort(np.argpartition(-keys, count)[:count]))
        users.append(np.full(count, user))
    return np.concatenate(users), np.concatenate(items)


def _power_law(random: np.random.Generator, size: int, *, exponent: float) -> NDArray[np.float64]:
    """Shares that sum to one, of rank to the power of minus `exponent`, in random order."""
    weights = np.arange(1, size + 1, dtype=np.float64) ** -exponent
    shares: NDArray[np.float64] = random.permutation(weights / weights.sum())
    return shares


def _genres(item: int) -> str:
    return "|".join(sorted({_GENRES[item % len(_GENRES)], _GENRES[item // 7 % len(_GENRES)]}))


def _write(path: Path, header: tuple[str, ...], rows: object) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)  # type: ignore[arg-type]
