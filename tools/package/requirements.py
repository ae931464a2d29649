"""MWAA's requirements.txt: what Penstock needs beyond Amazon's image, pinned and by hash, and the image's own releases.

AWS asks for a line `--constraint`. Its usual target, Airflow's file on GitHub, is out of reach for an environment
without a way to the internet, so the releases that the image holds go along in plugins.zip.
"""

from __future__ import annotations

import re
from pathlib import Path

from tools.errors import ToolError

ADDED_LOCK = Path("requirements/mwaa_added.txt")
IMAGE_LOCK = Path("requirements/mwaa_image.txt")
CONSTRAINTS, WHEELS = "constraints.txt", "wheels"
"""Names in plugins.zip."""
UNPACKED = "/usr/local/airflow/plugins"
"""Where MWAA unpacks plugins.zip, before it installs: mwaa/latest/userguide/configuring-dag-import-plugins.html."""
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[a-z0-9,_-]+\])?==(?P<version>[^\s;\\]+)", re.MULTILINE)


def constraints(repository: Path) -> bytes:
    """Every release of the image, so that pip takes no other."""
    return "".join(f"{name}=={version}\n" for name, version in pins(repository / IMAGE_LOCK).items()).encode()


def added(repository: Path) -> dict[str, str]:
    """The lock's entries, hashes and all, by name, for what the image does not hold; raises ToolError.

    A release that the image holds at another version is refused: pip would replace it under a running Airflow.
    """
    image, wanted = pins(repository / IMAGE_LOCK), pins(repository / ADDED_LOCK)
    other = {name: version for name, version in wanted.items() if image.get(name, version) != version}
    if other:
        shown = ", ".join(f"{name} {version} (the image's is {image[name]})" for name, version in other.items())
        raise ToolError(f"{ADDED_LOCK} differs from {IMAGE_LOCK}: {shown}. Lock both again: make lock")
    return {name: entry for name, entry in _entries(repository / ADDED_LOCK).items() if name not in image}


def text(entries: dict[str, str], *, wheels: bool) -> str:
    """The file; with wheels pip looks at nothing but these."""
    offline = ["--no-index", f"--find-links {UNPACKED}/{WHEELS}"] if wheels else []
    head = [f'--constraint "{UNPACKED}/{CONSTRAINTS}"', *offline]
    return "\n".join([*head, *entries.values()]) + "\n"


def pins(lock: Path) -> dict[str, str]:
    """Version by name."""
    return {found["name"]: found["version"] for found in _PIN.finditer(lock.read_text(encoding="utf-8"))}


def _entries(lock: Path) -> dict[str, str]:
    """Each pin with its hashes, without the comments that say who asks for it."""
    lines = [line for line in lock.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")]
    entries: dict[str, str] = {}
    for block in re.split(r"\n(?=\S)", "\n".join(lines)):
        if found := _PIN.match(block):
            entries[found["name"]] = block.rstrip()
    return entries
