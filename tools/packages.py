"""The packages of models as one zip for Spark's `--archives`: what requirements/models.txt locks, and models/.

It holds no interpreter: workers keep their cluster's own and find the packages beside it, so that one archive fits
every machine of an architecture. Wheels are chosen for the cluster's, not for this machine's.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from penstock.layout import split_uri
from tools.errors import UNUSABLE, ToolError
from tools.settings import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.layout import Layout

LOCK = Path("requirements/models.txt")
MODELS = Path("models")
PYTHON_VERSION = "3.11"
"""Of EMR 7.13's /usr/bin/python3.11, which the specs choose."""
LEFT_OUT = {"__pycache__", "bin"}
"""Folders without which packages work: commands would run an interpreter of this machine."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
_REGULAR_FILE_0644 = 0o100644 << 16
_SHA_LENGTH = 16


class Architecture(StrEnum):
    """Of the cluster's machines, in the names that uv has for wheels: EMR 7 is Amazon Linux 2023 with glibc 2.34."""

    ARM64 = "aarch64-manylinux_2_28"
    """Instance types with a g in their family, such as m7g."""
    X86_64 = "x86_64-manylinux_2_28"

    @classmethod
    def here(cls) -> Architecture:
        """This machine's."""
        return cls.ARM64 if platform.machine() in ("aarch64", "arm64") else cls.X86_64


@dataclass(frozen=True, kw_only=True)
class Packages:
    """The archive that this checkout asks for; its name says what is in it, so it is built once."""

    sha: str
    path: Path

    @property
    def built(self) -> bool:
        """Whether it is there."""
        return self.path.is_file()


def wanted(home: Path, architecture: Architecture, repository: Path = REPOSITORY) -> Packages:
    """Where the archive of this checkout lies or will lie."""
    digest = hashlib.sha256(f"{architecture} {PYTHON_VERSION}\n".encode())
    for path in [repository / LOCK, *_sources(repository)]:
        digest.update(f"{path.relative_to(repository).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    sha = digest.hexdigest()[:_SHA_LENGTH]
    return Packages(sha=sha, path=home / "packages" / f"models-{sha}.zip")


def build(packages: Packages, architecture: Architecture, repository: Path = REPOSITORY) -> None:
    """Install the lock's wheels, each checked by its hash, into a folder and zip it with models/; raises ToolError."""
    packages.path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=packages.path.parent) as scratch:
        site = Path(scratch) / "site"
        install(site, architecture, "--requirement", str(repository / LOCK), "--require-hashes")
        for source in _sources(repository):
            target = site / source.relative_to(repository)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
        unfinished = Path(scratch) / "models.zip"
        write_zip(site, unfinished)
        unfinished.replace(packages.path)


def upload(s3: Any, packages: Packages, layout: Layout) -> bool:
    """Put the archive where the deployment says; False if it was there."""
    bucket, key = split_uri(layout.packages(packages.sha))
    if any(each["Key"] == key for each in s3.list_objects_v2(Bucket=bucket, Prefix=key).get("Contents", ())):
        return False
    s3.upload_file(str(packages.path), bucket, key)
    return True


def install(site: Path, architecture: Architecture, *what: str, python_version: str = PYTHON_VERSION) -> None:
    """Unpack wheels for that architecture's machines and that Python; `what` are requirements in pip's options."""
    command = [
        *(str(find_uv()), "pip", "install", "--quiet", "--target", str(site), *what),
        *("--python-platform", architecture.value, "--python-version", python_version),
        *("--only-binary", ":all:", "--no-deps", "--no-compile-bytecode"),
        *("--python", sys.executable),
    ]
    done = subprocess.run(  # noqa: S603 - our own installer, without a shell
        command, capture_output=True, text=True, check=False, env=os.environ | {"UV_LINK_MODE": "copy"}
    )
    if done.returncode:
        wanted = next((each for each in what if not each.startswith("--")), "Nothing")
        raise ToolError(f"{wanted} cannot be installed for {architecture}: {done.stderr.strip()}")


def write_zip(folder: Path, archive: Path) -> None:
    """Every file but those left out: equal files give equal bytes."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder)
            if path.is_file() and not LEFT_OUT & set(name.parts[:-1]):
                entry = zipfile.ZipInfo(name.as_posix(), date_time=_EPOCH)
                entry.create_system, entry.external_attr = 3, _REGULAR_FILE_0644
                entry.compress_type = zipfile.ZIP_DEFLATED
                with path.open("rb") as source, target.open(entry, "w") as written:
                    shutil.copyfileobj(source, written)


def find_uv() -> Path:
    """The installer beside this environment, as make puts it, or on the PATH; raises ToolError."""
    beside = Path(sys.prefix).parent / "uv/bin/uv"
    found = str(beside) if beside.exists() else shutil.which("uv")
    if found is None:
        raise ToolError(f"{beside} does not exist and there is no uv on the PATH: make environments", status=UNUSABLE)
    return Path(found)


def _sources(repository: Path) -> Iterator[Path]:
    return (path for path in sorted((repository / MODELS).rglob("*.py")) if "__pycache__" not in path.parts)
