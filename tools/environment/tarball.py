"""A folder as a .tar.gz whose bytes depend on nothing but names, contents and who may execute."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COMPRESSION = 1
"""Of gzip. Level 6 made an archive of 436 MB 11 % smaller and took 13 times as long."""
_CHUNK = 1 << 20
_EXECUTABLE, _PLAIN, _FOLDER = 0o755, 0o644, 0o755


def write_tarball(folder: Path, archive: Path, *, tell: Callable[[int], None] = lambda _: None) -> None:
    """Every file and link below `folder`, sorted; `tell` hears how many bytes have gone in."""
    # No name and no time in gzip's header; PAX headers would carry fractions of a second.
    with (
        archive.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=COMPRESSION, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as target,
    ):
        for path in sorted(folder.rglob("*")):
            entry = _plain(target.gettarinfo(str(path), arcname=path.relative_to(folder).as_posix()), path)
            if entry.isreg():
                with path.open("rb") as source:
                    target.addfile(entry, source)
                tell(entry.size)
            else:
                target.addfile(entry)


def sha256_of(path: Path) -> str:
    """Of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _plain(entry: tarfile.TarInfo, path: Path) -> tarfile.TarInfo:
    """The entry without what is this machine's: owner, times, its umask; hard links are files of their own."""
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    if entry.islnk():
        entry.type, entry.linkname, entry.size = tarfile.REGTYPE, "", path.stat().st_size
    if entry.isdir():
        entry.mode = _FOLDER
    else:
        entry.mode = _EXECUTABLE if entry.mode & 0o100 else _PLAIN
    return entry
