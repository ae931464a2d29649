"""Whether the packages of an environment have all that they ask for, found out before a cluster does."""

from __future__ import annotations

from importlib.metadata import PathDistribution
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.errors import ToolError
from tools.packages import PYTHON_VERSION, Architecture

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PROVIDED = ("pyspark", "py4j")
"""By the cluster's own Spark, in that Spark's version."""


def installed(site: Path) -> dict[str, str]:
    """Name and version of every package, by name."""
    found = (_named(each) for each in site.glob("*.dist-info"))
    return dict(sorted(found))


def refuse_incomplete(site: Path, architecture: Architecture) -> None:
    """Raise ToolError naming every requirement that is not met, and PySpark where somebody has brought it."""
    have = installed(site)
    problems = list(_unmet(site, have, _markers(architecture)))
    problems += [f"{name} is in it, but a cluster's Spark brings its own" for name in PROVIDED if name in have]
    if problems:
        raise ToolError(
            f"The environment would not work: {'; '.join(problems)}. Add or remove lines of requirements/cluster.in, "
            "then: make lock; or add the wheel to the folder of wheels."
        )


def _unmet(site: Path, have: Mapping[str, str], markers: Mapping[str, str]) -> Iterator[str]:
    for folder in sorted(site.glob("*.dist-info")):
        distribution = PathDistribution(folder)
        for line in distribution.requires or ():
            wanted = Requirement(line)
            name = canonicalize_name(wanted.name)
            if name in PROVIDED or (wanted.marker and not wanted.marker.evaluate(dict(markers))):
                continue
            if name not in have:
                yield f"{distribution.name} needs {wanted.name}, which is absent"
            elif not wanted.specifier.contains(have[name], prereleases=True):
                yield f"{distribution.name} needs {wanted.name}{wanted.specifier}, got {have[name]}"


def _named(folder: Path) -> tuple[str, str]:
    distribution = PathDistribution(folder)
    return canonicalize_name(distribution.name), distribution.version


def _markers(architecture: Architecture) -> dict[str, str]:
    """PEP 508's variables on the cluster's machines."""
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{PYTHON_VERSION}.0",
        "os_name": "posix",
        "platform_machine": architecture.value.partition("-")[0],
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{PYTHON_VERSION}.0",
        "python_version": PYTHON_VERSION,
        "sys_platform": "linux",
        "extra": "",
    }
