"""Find a dataset: in the user's folder, at its publisher, or generated and said loudly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.panel import Panel

from tools.console import console
from tools.datasets.adult import ADULT
from tools.datasets.archive import UnreachableError
from tools.datasets.conversions import CONVERSIONS
from tools.datasets.dataset import Dataset, Source, holds
from tools.datasets.events import EVENTS
from tools.datasets.iris import IRIS
from tools.datasets.movielens import MOVIELENS
from tools.errors import UNUSABLE, ToolError

if TYPE_CHECKING:
    from pathlib import Path

    from tools.datasets.origin import Origin
    from tools.settings import Settings

ORIGINS = {each.name: each for each in (MOVIELENS, ADULT, CONVERSIONS, IRIS)}
"""By the `source.dataset` of the workflows."""
INVENTED = {EVENTS.name: EVENTS}
"""What there are no real rows of: always generated, even where PENSTOCK_DATA names a folder."""
_NO_PUBLISHER = "it has no publisher with an address that stays"
_INVENTED = "nobody publishes them"


def locate(settings: Settings, origin: Origin = MOVIELENS, url: str = "") -> Dataset:
    """Find or make the data; raises ToolError if what was asked for is not there or is not what it should be."""
    if origin.name in INVENTED:
        return _generated(origin, settings.home / "data", _INVENTED)
    if settings.data:
        folder = find(settings.data, origin)
        return _dataset(origin, Source.FOLDER, folder, f"the folder {folder}")
    cache = settings.home / "data"
    if origin.archive is None:
        return _generated(origin, cache, _NO_PUBLISHER)
    folder = cache / origin.folder
    if not origin.archive.cached(folder):
        try:
            origin.archive.download(folder, url)
        except UnreachableError as error:
            return _generated(origin, cache, str(error))
    return _dataset(origin, Source.PUBLISHER, folder, origin.archive.detail)


def find(folder: Path, origin: Origin) -> Path:
    """The folder that holds the files: itself or the dataset's in it; raises ToolError naming what is missing."""
    candidates = (folder / origin.folder, folder)
    for each in candidates:
        if holds(each, origin.files):
            return each
    looked = " or ".join(str(each) for each in candidates)
    raise ToolError(f"PENSTOCK_DATA={folder}: expected {' and '.join(origin.files)} in {looked}", status=UNUSABLE)


def _dataset(origin: Origin, source: Source, folder: Path, detail: str) -> Dataset:
    return Dataset(name=origin.name, source=source, folder=folder, files=origin.files, detail=detail)


def _generated(origin: Origin, cache: Path, why: str) -> Dataset:
    folder = cache / "generated" / origin.name
    made = origin.generate(folder)
    console.print(
        Panel(
            f"[bold]These are not real {origin.rows}.[/bold]\n{origin.title} could not be fetched ({escape(why)}).\n"
            f"Penstock generated {made.words} instead.\n{_remedy(origin)}",
            title="GENERATED DATA",
            border_style="bold yellow",
        )
    )
    return _dataset(origin, Source.GENERATED, folder, made.detail)


def _remedy(origin: Origin) -> str:
    if origin.name in INVENTED:
        return "For real data, put yours where the workflow looks for it, or name its place in the run's form."
    network = ", or connect to the network" if origin.archive else ""
    return f"For real data, set PENSTOCK_DATA to a folder with {origin.folder}{network}."
