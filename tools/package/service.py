"""The service as a Lambda function: serving/, penstock/ and their packages, for the function's machine."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tools.errors import ToolError
from tools.packages import install, write_zip

if TYPE_CHECKING:
    from tools.packages import Architecture

LOCK = Path("requirements/lambda.txt")
PYTHON_VERSION = "3.12"
"""Of infra/serving.yaml's functions."""
SOURCES = ("serving", "penstock")
LEFT_OUT = ("__main__.py", "cli.py", "ruff.toml")
"""Of serving/: its command line, whose server and packages Lambda does not need."""
LIMIT_BYTES = 250 * 1024 * 1024
"""Of a function's code, unpacked: docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html."""


def build(repository: Path, archive: Path, architecture: Architecture) -> None:
    """Write the archive; raises ToolError for packages that cannot be had, and for more than Lambda takes."""
    with tempfile.TemporaryDirectory(dir=archive.parent) as scratch:
        site = Path(scratch) / "site"
        lock = ("--requirement", str(repository / LOCK), "--require-hashes")
        install(site, architecture, *lock, python_version=PYTHON_VERSION)
        for source in SOURCES:
            shutil.copytree(repository / source, site / source, ignore=shutil.ignore_patterns("__pycache__", *LEFT_OUT))
        size = unpacked_bytes(site)
        if size > LIMIT_BYTES:
            raise ToolError(f"{archive} would be {size:,} bytes when unpacked; Lambda takes {LIMIT_BYTES:,}")
        unfinished = Path(scratch) / archive.name
        write_zip(site, unfinished)
        unfinished.replace(archive)


def unpacked_bytes(folder: Path) -> int:
    """Of all its files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
