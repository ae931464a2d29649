"""What an Airflow of its own imports: the folder of DAGs, and the plugins with the contract.

Airflow 3 puts its plugins folder on `sys.path` first and a bundle's folder behind it, and its web server has the first
only. So the package `penstock` lies among the plugins, once: a second copy beside the DAGs would never be imported.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from penstock.deployment import FILE

if TYPE_CHECKING:
    from penstock.deployment import Deployment

IGNORED = ".airflowignore"
SUFFIXES = (".py", ".yaml", ".csv", ".html", ".css", ".js", ".svg")
"""Of what is imported or read; all else in the folders is for developers."""
NO_PLUGINS = ("penstock/", "wheels/")
"""What a package adds to the libraries that Airflow must not load as plugins, in .airflowignore's syntax `glob`."""


def dags(repository: Path, deployment: Deployment | None = None) -> dict[str, bytes]:
    """Content by path below MWAA's `dags/`."""
    return _tree(repository / "dags") | _document(deployment)


def plugins(repository: Path, deployment: Deployment | None = None) -> dict[str, bytes]:
    """Content by path in plugins.zip.

    Its deployment names no code: pages of the UI do not ask for it, and a new plugins.zip takes MWAA half an hour.
    """
    files = _tree(repository / "plugins")
    contract = {f"penstock/{name}": content for name, content in _tree(repository / "penstock").items()}
    files[IGNORED] += "".join(f"{each}\n" for each in NO_PLUGINS).encode()
    lasting = replace(deployment, code_sha="", packages_sha="", environment_sha="") if deployment else None
    return files | contract | _document(lasting)


def _document(deployment: Deployment | None) -> dict[str, bytes]:
    return {FILE: deployment.to_json().encode()} if deployment else {}


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and (path.suffix in SUFFIXES or path.name == IGNORED)
        and "__pycache__" not in path.relative_to(folder).parts
    }
