"""Sparse rows of two classes as LibSVM text, made up by a known rule; some test rows are copies of training rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_OVERLAP = 0.25
"""Share of the features that both classes use alike."""
_LARGEST = 255


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How much: the defaults are those of the real files."""

    train: int = 80
    test: int = 80
    repeated: int = 75
    """Test rows that are copies of training rows: a leak that a workflow has to find."""
    features: int = 692
    density: float = 0.2
    """Share of the features that a row has."""
    positive: float = 0.56
    """Share of the rows that are of class 1."""
    seed: int = 42


def generate(folder: Path, shape: Shape | None = None) -> Shape:
    """Write train.libsvm and test.libsvm into `folder`; equal shapes give equal bytes.

    A row of a class has each feature with the class's own probability. The first row has the last feature, so that
    the largest index of the files is the number of features.
    """
    shape = shape or Shape()
    random = np.random.default_rng(shape.seed)
    chances = _chances(random, shape)
    train = [_row(random, shape, chances, last=index == 0) for index in range(shape.train)]
    copied = random.choice(shape.train, size=shape.repeated, replace=False)
    fresh = [_row(random, shape, chances) for _ in range(shape.test - shape.repeated)]
    test = [*(train[index] for index in copied), *fresh]
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "train.libsvm", train)
    _write(folder / "test.libsvm", [test[index] for index in random.permutation(len(test))])
    return shape


def _chances(random: np.random.Generator, shape: Shape) -> NDArray[np.float64]:
    """For each class, how likely a row has each feature: its own ones often, the other's seldom, shared ones alike."""
    kinds = random.choice(3, size=shape.features, p=(0.5 - _OVERLAP / 2, 0.5 - _OVERLAP / 2, _OVERLAP))
    often, seldom = min(1.0, 1.75 * shape.density), 0.25 * shape.density
    found: NDArray[np.float64] = np.array(
        [np.select([kinds == 2, kinds == label], [shape.density, often], seldom) for label in (0, 1)]  # noqa: PLR2004
    )
    return found


def _row(random: np.random.Generator, shape: Shape, chances: NDArray[np.float64], *, last: bool = False) -> str:
    label = int(random.random() < shape.positive)
    present = random.random(shape.features) < chances[label]
    present[-1] |= last
    values = random.integers(1, _LARGEST + 1, size=shape.features)
    cells = (f"{index + 1}:{values[index]}" for index in np.flatnonzero(present))
    return " ".join([str(label), *cells])


def _write(path: Path, rows: list[str]) -> None:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8", newline="\n")
