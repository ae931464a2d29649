import csv
from collections import Counter
from pathlib import Path

import numpy as np

from tools.datasets.dataset import sha256
from tools.datasets.ratings import Shape, generate

SMALL = Shape(users=80, items=300, ratings=4000)


def read(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return list(csv.reader(file))


def test_equal_seeds_give_equal_bytes_and_another_seed_others(tmp_path: Path) -> None:
    shapes = {"first": SMALL, "second": SMALL, "other": Shape(users=80, items=300, ratings=4000, seed=7)}
    for name, shape in shapes.items():
        generate(tmp_path / name, shape)
    first, second, other = (sha256(tmp_path / name / "ratings.csv") for name in shapes)
    assert first == second != other


def test_the_rows_keep_movielens_rules(tmp_path: Path) -> None:
    facts = generate(tmp_path, SMALL)
    header, *rows = read(tmp_path / "ratings.csv")
    assert header == ["userId", "movieId", "rating", "timestamp"]
    assert len(rows) == facts.ratings
    assert {row[2] for row in rows} <= {f"{half / 2:.1f}" for half in range(1, 11)}
    assert len({(row[0], row[1]) for row in rows}) == len(rows)
    assert min(Counter(row[0] for row in rows).values()) >= 20
    known = {row[0] for row in read(tmp_path / "movies.csv")[1:]}
    assert {row[1] for row in rows} <= known


def test_without_noise_only_rounding_remains(tmp_path: Path) -> None:
    """Rounding to halves leaves an error uniform on [-1/4, 1/4], of standard deviation 0.5 / sqrt(12)."""
    facts = generate(tmp_path, Shape(users=200, items=300, ratings=8000, noise=0.0))
    assert abs(facts.noise_floor - 0.5 / np.sqrt(12)) < 0.01


def test_items_follow_a_power_law(tmp_path: Path) -> None:
    generate(tmp_path, SMALL)
    counts = sorted(Counter(row[1] for row in read(tmp_path / "ratings.csv")[1:]).values(), reverse=True)
    assert sum(counts[:30]) > 2 * 0.1 * sum(counts)
