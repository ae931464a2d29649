"""Everything that is uploaded for Airflow and for the service, in one folder; equal checkouts give equal bytes."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.bundle import stored_zip
from tools.package import airflow, requirements, service
from tools.package.wheels import download
from tools.packages import Architecture

if TYPE_CHECKING:
    from penstock.deployment import Deployment

DAGS, DAGS_ZIP, PLUGINS_ZIP = "dags", "dags.zip", "plugins.zip"
REQUIREMENTS, SERVING_ZIP, MANIFEST = "requirements.txt", "serving.zip", "manifest.json"
"""Names in the folder; those of MWAA are what infra/airflow.yaml looks for in its bucket."""


@dataclass(frozen=True, kw_only=True)
class Built:
    """One file of the package."""

    path: Path
    sha256: str
    bytes: int

    @classmethod
    def of(cls, path: Path) -> Built:
        """What a file is."""
        with path.open("rb") as opened:
            return cls(path=path, sha256=hashlib.file_digest(opened, "sha256").hexdigest(), bytes=path.stat().st_size)


@dataclass(frozen=True, kw_only=True)
class Packages:
    """What `build_packages` has written below `folder`."""

    folder: Path
    dags_zip: Built
    plugins_zip: Built
    requirements: Built
    serving_zip: Built

    @property
    def dags(self) -> Path:
        """What dags.zip holds, as files: the folder that MWAA's bucket has below `dags/`."""
        return self.folder / DAGS

    @property
    def manifest(self) -> Path:
        """`{name: {"sha256", "bytes"}}` of every file."""
        return self.folder / MANIFEST

    @property
    def files(self) -> tuple[Built, ...]:
        """All of them, in the order of their upload: DAGs come after the plugins that they import."""
        return (self.requirements, self.plugins_zip, self.dags_zip, self.serving_zip)


def build_packages(
    repository: Path,
    into: Path,
    *,
    deployment: Deployment | None = None,
    wheels: bool = True,
    architecture: Architecture = Architecture.ARM64,
) -> Packages:
    """Write the packages of a checkout into a folder, in place of those there; raises ToolError.

    With a deployment its document goes along, so that no variable need be set. Without wheels MWAA fetches them from
    PyPI when it starts, which takes a way out of its network. The architecture is that of the Lambda functions.
    """
    added = requirements.added(repository)
    plugins = airflow.plugins(repository, deployment) | {requirements.CONSTRAINTS: requirements.constraints(repository)}
    if wheels:
        plugins |= download(repository / requirements.ADDED_LOCK, added)
    dags = airflow.dags(repository, deployment)
    into.mkdir(parents=True, exist_ok=True)
    _write_folder(into / DAGS, dags)
    (into / DAGS_ZIP).write_bytes(stored_zip(dags))
    (into / PLUGINS_ZIP).write_bytes(stored_zip(plugins))
    (into / REQUIREMENTS).write_text(requirements.text(added, wheels=wheels), encoding="utf-8")
    service.build(repository, into / SERVING_ZIP, architecture)
    return _described(into)


def _write_folder(folder: Path, files: dict[str, bytes]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _described(folder: Path) -> Packages:
    packages = Packages(
        folder=folder,
        dags_zip=Built.of(folder / DAGS_ZIP),
        plugins_zip=Built.of(folder / PLUGINS_ZIP),
        requirements=Built.of(folder / REQUIREMENTS),
        serving_zip=Built.of(folder / SERVING_ZIP),
    )
    found = {each.path.name: {"sha256": each.sha256, "bytes": each.bytes} for each in packages.files}
    packages.manifest.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return packages
