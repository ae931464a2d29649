"""`python -m tools package`: write the package and say how large it is."""

from __future__ import annotations

import zipfile
from pathlib import Path

from rich.table import Table

from penstock.deployment import Deployment
from tools.console import console
from tools.errors import UNUSABLE, ToolError
from tools.package.build import Built, Packages, build_packages
from tools.packages import Architecture
from tools.settings import REPOSITORY


def package_into(into: Path, *, deployment: Path | None, wheels: bool, architecture: str | None) -> Packages:
    """Build and show; raises ToolError, and DocumentError for a deployment that is none."""
    packages = build_packages(
        REPOSITORY,
        into,
        deployment=_read(deployment) if deployment else None,
        wheels=wheels,
        architecture=Architecture[(architecture or Architecture.ARM64.name).upper()],
    )
    show(packages)
    return packages


def show(packages: Packages) -> None:
    """A row for each file."""
    table = Table(box=None)
    table.add_column("file")
    for heading in ("bytes", "unpacked", "files"):
        table.add_column(heading, justify="right")
    table.add_column("sha256")
    for each in packages.files:
        table.add_row(each.path.name, f"{each.bytes:,}", *_inside(each), each.sha256[:16])
    console.print(table)
    console.print(f"{packages.folder}", markup=False, soft_wrap=True)


def _inside(built: Built) -> tuple[str, str]:
    if built.path.suffix != ".zip":
        return "", ""
    with zipfile.ZipFile(built.path) as archive:
        entries = archive.infolist()
    return f"{sum(each.file_size for each in entries):,}", f"{len(entries):,}"


def _read(path: Path) -> Deployment:
    try:
        return Deployment.from_json(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise ToolError(f"{path} cannot be read: {error.strerror}", status=UNUSABLE) from error
