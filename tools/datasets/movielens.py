"""MovieLens latest-small."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.datasets import ratings
from tools.datasets.archive import Archive
from tools.datasets.origin import Generated, Origin

if TYPE_CHECKING:
    from pathlib import Path

ARCHIVE = Archive(
    title="MovieLens latest-small",
    publisher="GroupLens",
    url="https://files.grouplens.org/datasets/movielens/ml-latest-small.zip",
    inside="ml-latest-small/",
    # Of the archive that GroupLens has published since 2018-09-26, and of its files with their CRLF line ends.
    sha256="696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436",
    files={
        "ratings.csv": "aa289ca83157595d0df6aea1be6a4ded676ddc4385472e8313a8ed9805352646",
        "movies.csv": "5a5f32dd9bb3797b8e728a1b98958789d2b13f294a69fdfbc5727f8a9611aa07",
    },
)


def _generate(folder: Path) -> Generated:
    facts = ratings.generate(folder)
    return Generated(
        detail=f"generated, seed {facts.shape.seed}, noise floor RMSE {facts.noise_floor}",
        words=f"{facts.ratings:,} ratings of {facts.users:,} users with a known noise floor (RMSE {facts.noise_floor})",
    )


MOVIELENS = Origin(
    name="movielens",
    title="MovieLens",
    rows="ratings",
    folder="ml-latest-small",
    files=tuple(ARCHIVE.files),
    archive=ARCHIVE,
    generate=_generate,
)
