"""MovieLens latest-small, from its publisher or from a folder."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import TYPE_CHECKING

import httpx
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from tools.console import console
from tools.errors import UNUSABLE, ToolError

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://files.grouplens.org/datasets/movielens/ml-latest-small.zip"
NAME = "ml-latest-small"
FILES = ("ratings.csv", "movies.csv")
ARCHIVE_SHA256 = "696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436"
"""Of the archive that GroupLens has published since 2018-09-26."""
FILE_SHA256 = {
    "ratings.csv": "aa289ca83157595d0df6aea1be6a4ded676ddc4385472e8313a8ed9805352646",
    "movies.csv": "5a5f32dd9bb3797b8e728a1b98958789d2b13f294a69fdfbc5727f8a9611aa07",
}
"""Of the files in that archive, CRLF line ends included."""
_TIMEOUT = httpx.Timeout(30, connect=5)
_LARGEST = 20_000_000
"""Bytes; the archive has 978,202, its largest file 2.5 million."""


class UnreachableError(ToolError):
    """The publisher cannot be reached: no network, or none that lets us out."""


def find(folder: Path) -> Path:
    """The folder that holds both files: itself or its ml-latest-small/; raises ToolError naming what is missing."""
    candidates = (folder / NAME, folder)
    for each in candidates:
        if all((each / name).is_file() for name in FILES):
            return each
    looked = " or ".join(str(each) for each in candidates)
    raise ToolError(f"PENSTOCK_DATA={folder}: expected {' and '.join(FILES)} in {looked}", status=UNUSABLE)


def cached(cache: Path) -> Path | None:
    """The folder of an earlier download, if it is whole."""
    folder = cache / NAME
    if all((folder / name).is_file() and sha256(folder / name) == FILE_SHA256[name] for name in FILES):
        return folder
    return None


def download(cache: Path, url: str = URL) -> Path:
    """Fetch, verify and unpack into `cache`; raises UnreachableError, or ToolError if it is not what was published."""
    content = _fetch(url)
    digest = hashlib.sha256(content).hexdigest()
    if digest != ARCHIVE_SHA256:
        raise ToolError(
            f"{url} has SHA-256 {digest}; expected {ARCHIVE_SHA256}. A proxy may have replaced it, or GroupLens has "
            f"published another version. Remedy: fetch it yourself, check it, unpack it and set PENSTOCK_DATA to its "
            f"folder."
        )
    return unpack(content, cache / NAME, url)


def unpack(content: bytes, folder: Path, source: str) -> Path:
    """Take exactly the two files that we need, under names that we choose: the archive decides no path."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in FILES:
            member = f"{NAME}/{name}"
            try:
                info = archive.getinfo(member)
            except KeyError as error:
                raise ToolError(f"{source} has no {member}; it holds {', '.join(archive.namelist()[:10])}") from error
            if info.file_size > _LARGEST:
                raise ToolError(f"{source}: {member} unpacks to {info.file_size:,} bytes; expected < {_LARGEST:,}")
            partial = folder / f"{name}.partial"
            partial.write_bytes(archive.read(info))
            partial.replace(folder / name)
    return folder


def sha256(path: Path) -> str:
    """Of the file as it is."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _fetch(url: str) -> bytes:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    received = bytearray()
    try:
        with (
            httpx.stream("GET", url, timeout=_TIMEOUT, follow_redirects=True) as response,
            Progress(*columns, console=console, transient=True) as progress,
        ):
            response.raise_for_status()
            size = int(response.headers.get("Content-Length", 0)) or None
            task = progress.add_task("MovieLens latest-small from GroupLens", total=size)
            for chunk in response.iter_bytes():
                received.extend(chunk)
                progress.update(task, completed=len(received))
                if len(received) > _LARGEST:
                    raise ToolError(f"{url} sends more than {_LARGEST:,} bytes; this is not MovieLens latest-small")
    except httpx.HTTPError as error:
        raise UnreachableError(f"{url}: {error!r}") from error
    return bytes(received)
