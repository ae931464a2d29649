"""Where a dataset can come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tools.datasets.archive import Archive


@dataclass(frozen=True, kw_only=True)
class Generated:
    """What a generator wrote."""

    detail: str
    """For the summary: the seed, and the known limit of what a model can reach."""
    words: str
    """For the reader: how much of what was generated, as the rest of `Penstock generated ...`."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """One dataset: its files, the folder that they come in, and the ways to get them, best first."""

    name: str
    title: str
    """What the real rows are called."""
    rows: str
    """What a row is, for `These are not real ...`."""
    folder: str
    """Its folder below PENSTOCK_DATA and below the cache."""
    files: tuple[str, ...]
    archive: Archive | None
    generate: Callable[[Path], Generated]
    """Writes the files into a folder; equal bytes every time."""
