"""A CycloneDX document for each environment: what is installed, from where it came, under which licence."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from tools.errors import ToolError
from tools.supply.locks import Pin, canonical

if TYPE_CHECKING:
    from collections.abc import Set
    from pathlib import Path

SPEC_VERSION = "1.6"
"""Of CycloneDX, https://cyclonedx.org/specification/overview/."""


def write(python: Path, environment: Path, into: Path, locked: Set[Pin]) -> int:
    """Describe an environment, checked against CycloneDX's own schema and against its lock; returns how many packages.

    Raises ToolError if cyclonedx-py refuses, or if something is installed that is not locked.
    """
    into.parent.mkdir(parents=True, exist_ok=True)
    command = [str(python), "-m", "cyclonedx_py", "environment", "--output-reproducible", "--validate"]
    command += ["--spec-version", SPEC_VERSION, "--output-format", "JSON", "--output-file", str(into), str(environment)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise ToolError(f"No SBOM of {environment}: cyclonedx-py ended with {done.returncode}: {last}")
    found = components(json.loads(into.read_text(encoding="utf-8")))
    if strangers := sorted(found - locked):
        names = ", ".join(map(str, strangers))
        raise ToolError(f"{environment} holds what its lock does not: {names}. Make it again: make environments.")
    return len(found)


def components(document: dict[str, Any]) -> set[Pin]:
    """The packages that a document names."""
    return {Pin(name=canonical(each["name"]), version=each["version"]) for each in document.get("components", [])}
