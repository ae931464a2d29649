"""What an environment is made of: equal recipes give equal bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from tools.errors import UNUSABLE, ToolError
from tools.packages import PYTHON_VERSION, Architecture
from tools.settings import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCK = Path("requirements/cluster.txt")
PYTHON_RELEASE = "3.11.14"
"""What `uv python install` is asked for; uv knows the archive's hash, so one uv means one interpreter."""
_VERSION_OF_FORMAT = 1
"""Counts changes of this package that change the bytes of an archive."""


class Form(StrEnum):
    """What runs the packages. Either way `bin/python` of the archive is what Spark is told to start."""

    PACKAGES = "packages"
    """`bin/python` starts the cluster's own Python of the same version, with the archive's packages before its own."""
    INTERPRETER = "interpreter"
    """`bin/python` is a Python that runs from any folder: nothing of the cluster is needed but its C library."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Everything that decides the bytes of an archive."""

    form: Form
    architecture: Architecture
    wheels: tuple[Path, ...] = ()
    """The user's own, beside what the lock names; what they need must be in the lock, or among them."""
    interpreter: Path | None = None
    """A folder with bin/, lib/ of a relocatable Python for the architecture; None lets uv fetch it."""
    repository: Path = REPOSITORY

    @property
    def lock(self) -> Path:
        """The packages with their hashes."""
        return self.repository / LOCK

    @property
    def digest(self) -> str:
        """Of all that goes in: an archive of this digest need not be made again."""
        digest = hashlib.sha256(f"{_VERSION_OF_FORMAT} {self.form} {self.architecture} {PYTHON_VERSION}\n".encode())
        digest.update(f"{PYTHON_RELEASE if self.form is Form.INTERPRETER else ''}\n".encode())
        for path in [self.lock, *self.wheels]:
            digest.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
        return digest.hexdigest()[:16]

    @property
    def reusable(self) -> bool:
        """Whether the digest says all; a folder that the user names may change under its name."""
        return self.interpreter is None


def find_wheels(folder: Path) -> tuple[Path, ...]:
    """The wheels of a folder, by name; raises ToolError if it has none."""
    found = tuple(sorted(_wheels(folder), key=lambda each: each.name))
    if not found:
        raise ToolError(
            f"{folder} has no wheels. It is to hold the *.whl files of your own packages: "
            f"python -m pip wheel --no-deps --wheel-dir {folder} <your project>",
            status=UNUSABLE,
        )
    return found


def _wheels(folder: Path) -> Iterator[Path]:
    return folder.glob("*.whl")
