"""The lock files: every package that any environment may hold."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.errors import ToolError
from tools.settings import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FOLDER = REPOSITORY / "requirements"
RUNTIME = ("airflow", "cluster", "lambda", "local", "models", "mwaa_added", "serving", "spark")
"""Locks of what runs in production or on a user's machine; the others are for tests, benchmarks and checks."""
_PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^]]*\])?==([^\s;\\]+)")
_HASH = "--hash=sha256:"


@dataclass(frozen=True, kw_only=True, order=True)
class Pin:
    """One version of one package, for every platform that a lock file is for."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name}=={self.version}"


def read(path: Path) -> set[Pin]:
    """The pins of one lock file; raises ToolError for one that pip would install without a hash."""
    found: set[Pin] = set()
    for block in re.split(r"\n(?=\S)", path.read_text(encoding="utf-8")):
        if match := _PIN.match(block):
            if _HASH not in block:
                raise ToolError(f"{path}: {match[0]} has no hash, so any file of that name would do. Run `make lock`.")
            found.add(Pin(name=canonical(match[1]), version=match[2]))
        elif block.strip() and not block.startswith("#"):
            raise ToolError(f"{path}: expected name==version, got {block.splitlines()[0]!r}. Run `make lock`.")
    return found


def read_all(folder: Path = FOLDER) -> dict[str, set[Pin]]:
    """The pins by the name of their lock file."""
    return {path.stem: read(path) for path in sorted(folder.glob("*.txt"))}


def canonical(name: str) -> str:
    """A package's name as indexes compare it: https://packaging.python.org/en/latest/specifications/name-normalization/."""
    return re.sub(r"[-_.]+", "-", name).lower()


def rounds(pins: Iterable[Pin]) -> Iterator[list[Pin]]:
    """Lists that name no package twice, as pip-audit demands; together they are all of the pins."""
    versions: defaultdict[str, list[Pin]] = defaultdict(list)
    for pin in sorted(set(pins)):
        versions[pin.name].append(pin)
    for at in range(max(map(len, versions.values()), default=0)):
        yield [each[at] for each in versions.values() if len(each) > at]
