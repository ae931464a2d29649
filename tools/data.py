"""The data of the demo: a folder, MovieLens from its publisher, or generated and said so."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from rich.panel import Panel

from penstock.layout import Layout, split_uri
from tools import movielens, synthetic
from tools.console import console

if TYPE_CHECKING:
    from pathlib import Path

    from tools.settings import Settings

DATASET = "movielens"
_REAL = "MovieLens latest-small from GroupLens"
"""Downloaded now or earlier: the bytes are the same, so the words are."""


class Source(StrEnum):
    """Where the rows come from."""

    FOLDER = "folder"
    MOVIELENS = "movielens"
    GENERATED = "generated"


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Two files and where they come from."""

    source: Source
    folder: Path
    detail: str

    def facts(self) -> dict[str, Any]:
        """The dataset as the summary records it."""
        digests = {f"{name} sha256": movielens.sha256(self.folder / name) for name in movielens.FILES}
        return {**asdict(self), "folder": str(self.folder), "source": self.source.value, **digests}


def locate(settings: Settings, url: str = movielens.URL) -> Dataset:
    """Find or make the data; raises ToolError if what was asked for is not there or is not what it should be."""
    if settings.data:
        folder = movielens.find(settings.data)
        return Dataset(source=Source.FOLDER, folder=folder, detail=f"the folder {folder}")
    cache = settings.home / "data"
    if folder_or_none := movielens.cached(cache):
        return Dataset(source=Source.MOVIELENS, folder=folder_or_none, detail=_REAL)
    try:
        folder = movielens.download(cache, url)
    except movielens.UnreachableError as error:
        return _generated(cache / "generated", str(error))
    return Dataset(source=Source.MOVIELENS, folder=folder, detail=_REAL)


def upload(s3: Any, dataset: Dataset, layout: Layout) -> None:
    """Put both files where the workflow looks for them."""
    for name in movielens.FILES:
        bucket, key = split_uri(f"{layout.raw(DATASET)}/{name}")
        s3.put_object(Bucket=bucket, Key=key, Body=(dataset.folder / name).read_bytes())


def _generated(folder: Path, why: str) -> Dataset:
    facts = synthetic.generate(folder)
    console.print(
        Panel(
            f"[bold]These are not real ratings.[/bold]\nMovieLens could not be fetched ({why}).\n"
            f"Penstock generated {facts.ratings:,} ratings of {facts.users:,} users with a known noise floor "
            f"(RMSE {facts.noise_floor}) instead.\n"
            "For real data, set PENSTOCK_DATA to a folder with ml-latest-small, or connect to the network.",
            title="GENERATED DATA",
            border_style="bold yellow",
        )
    )
    detail = f"generated, seed {facts.shape.seed}, noise floor RMSE {facts.noise_floor}"
    return Dataset(source=Source.GENERATED, folder=folder, detail=detail)
