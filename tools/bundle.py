"""The code as AWS runs it: one zip of importable packages; entry scripts, notebooks, bootstrap actions beside it."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from penstock.jobs import ALL_JOBS
from penstock.layout import JOBS_ZIP, LAUNCHER, Code, split_uri

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PACKAGES = ("penstock", "spark_jobs", "glue_scripts")
BESIDE = {"notebooks": "*.ipynb", "bootstrap": "*.sh"}
"""Folders whose files of these names lie beside the zip."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can carry (APPNOTE.TXT 4.4.6)."""
_REGULAR_FILE_0644 = 0o100644 << 16
_SHA_LENGTH = 16


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """What is uploaded, by path below `code/<sha>/`."""

    files: dict[str, bytes]

    @property
    def jobs_zip(self) -> bytes:
        """The importable packages."""
        return self.files[JOBS_ZIP]

    @property
    def sha(self) -> str:
        """Hash of every path and content: equal code, equal address."""
        digest = hashlib.sha256()
        for path, content in sorted(self.files.items()):
            digest.update(f"{path}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()[:_SHA_LENGTH]


def build_bundle(repository: Path) -> Bundle:
    """Collect the packages, the scripts of every job, the notebooks and the bootstrap actions from a checkout."""
    sources = {
        path.relative_to(repository).as_posix(): path.read_bytes()
        for package in PACKAGES
        for path in sorted((repository / package).rglob("*.py"))
        if "__pycache__" not in path.parts
    }
    scripts = {path: (repository / path).read_bytes() for path in (*(job.script for job in ALL_JOBS), LAUNCHER)}
    beside = {
        f"{folder}/{path.name}": path.read_bytes()
        for folder, names in BESIDE.items()
        for path in (repository / folder).glob(names)
    }
    return Bundle(files={JOBS_ZIP: stored_zip(sources), **scripts, **beside})


def upload(s3: Any, bundle: Bundle, code: Code) -> bool:
    """Put the bundle below `code`, jobs.zip last so that its presence means all is there; False if it was."""
    bucket, key = split_uri(code.jobs_zip)
    if any(each["Key"] == key for each in s3.list_objects_v2(Bucket=bucket, Prefix=key).get("Contents", ())):
        return False
    for path, content in _zip_last(bundle.files.items()):
        s3.put_object(Bucket=bucket, Key=split_uri(code.script(path))[1], Body=content)
    return True


def stored_zip(sources: dict[str, bytes]) -> bytes:
    """Files by their names, uncompressed: equal files give equal bytes, whatever compresses here."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(sources.items()):
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.create_system = 3
            entry.external_attr = _REGULAR_FILE_0644
            archive.writestr(entry, content)
    return buffer.getvalue()


def _zip_last(files: Iterable[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    return sorted(files, key=lambda each: (each[0] == JOBS_ZIP, each[0]))
