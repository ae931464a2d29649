"""A publisher's zip archive: fetched, verified and unpacked, or why it could not be."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from tools.console import console
from tools.datasets.dataset import holds, sha256
from tools.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_TIMEOUT = httpx.Timeout(30, connect=5)
_LARGEST = 20_000_000
"""Bytes, of an archive and of each file in it; the largest here has 4 million."""
_REMEDY = "Remedy: fetch it yourself, check it, unpack it and set PENSTOCK_DATA to its folder."


class UnreachableError(ToolError):
    """The publisher cannot be reached: no network, or none that lets us out."""


@dataclass(frozen=True, kw_only=True)
class Archive:
    """What is published where, and the bytes that it is known to have."""

    title: str
    publisher: str
    url: str
    inside: str = ""
    """The archive's folder that holds the files, with a slash at its end; empty if they lie at the top."""
    sha256: str = ""
    """Of the whole archive; empty where only that of its files is known."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Each file's name and SHA-256."""

    @property
    def detail(self) -> str:
        """What it is and whose: downloaded now or earlier, the bytes are the same, so the words are."""
        return f"{self.title} from {self.publisher}"

    def cached(self, folder: Path) -> bool:
        """Whether an earlier download is there, and whole."""
        return holds(folder, self.files) and all(sha256(folder / name) == digest for name, digest in self.files.items())

    def download(self, folder: Path, url: str = "") -> None:
        """Fetch, verify and unpack; raises UnreachableError, or ToolError if it is not what was published."""
        source = url or self.url
        content = self._fetch(source)
        if self.sha256:
            self._verify(source, content, self.sha256)
        self.unpack(content, folder, source)

    def unpack(self, content: bytes, folder: Path, source: str) -> None:
        """Take exactly the files that we need, under names that we choose: the archive decides no path."""
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                found = {name: self._member(archive, name, source) for name in self.files}
        except zipfile.BadZipFile as error:
            raise ToolError(f"{source} is no zip archive: {error}. A proxy may have replaced it. {_REMEDY}") from error
        folder.mkdir(parents=True, exist_ok=True)
        for name, body in found.items():
            partial = folder / f"{name}.partial"
            partial.write_bytes(body)
            partial.replace(folder / name)

    def _member(self, archive: zipfile.ZipFile, name: str, source: str) -> bytes:
        member = f"{self.inside}{name}"
        try:
            info = archive.getinfo(member)
        except KeyError as error:
            raise ToolError(f"{source} has no {member}; it holds {', '.join(archive.namelist()[:10])}") from error
        if info.file_size > _LARGEST:
            raise ToolError(f"{source}: {member} unpacks to {info.file_size:,} bytes; expected < {_LARGEST:,}")
        body = archive.read(info)
        self._verify(f"{source}: {member}", body, self.files[name])
        return body

    def _verify(self, what: str, content: bytes, expected: str) -> None:
        digest = hashlib.sha256(content).hexdigest()
        if digest != expected:
            raise ToolError(
                f"{what} has SHA-256 {digest}; expected {expected}. A proxy may have replaced it, or {self.publisher} "
                f"has published another version. {_REMEDY}"
            )

    def _fetch(self, url: str) -> bytes:
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
        received = bytearray()
        try:
            with (
                httpx.stream("GET", url, timeout=_TIMEOUT, follow_redirects=True) as response,
                Progress(*columns, console=console, transient=True) as progress,
            ):
                response.raise_for_status()
                size = int(response.headers.get("Content-Length", 0)) or None
                task = progress.add_task(self.detail, total=size)
                for chunk in response.iter_bytes():
                    received.extend(chunk)
                    progress.update(task, completed=len(received))
                    if len(received) > _LARGEST:
                        raise ToolError(f"{url} sends more than {_LARGEST:,} bytes; this is not {self.title}")
        except httpx.HTTPError as error:
            raise UnreachableError(f"{url}: {error!r}") from error
        return bytes(received)
