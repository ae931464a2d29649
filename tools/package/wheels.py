"""The wheels of MWAA's requirements, for an environment that reaches no package index."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from tools.errors import UNUSABLE, ToolError
from tools.package.requirements import WHEELS
from tools.packages import find_uv

PYTHON_VERSION = "3.12"
"""Of MWAA's Airflow 3.3.1."""
_GLIBC = (28, 27, 26, 24, 17, 12, 5)
"""Minor releases of glibc 2 that wheels are made for and MWAA's image runs: Amazon Linux 2023 has 2.34."""
PLATFORMS = (*(f"manylinux_2_{minor}_x86_64" for minor in _GLIBC), "manylinux2014_x86_64")


def download(lock: Path, entries: dict[str, str]) -> dict[str, bytes]:
    """Content by name in plugins.zip, of a wheel for each entry of the lock, checked by its hash; raises ToolError."""
    with tempfile.TemporaryDirectory() as scratch:
        wanted, found = Path(scratch) / "requirements.txt", Path(scratch) / "wheels"
        wanted.write_text("\n".join(entries.values()) + "\n", encoding="utf-8")
        done = subprocess.run(  # noqa: S603 - our own installer, without a shell
            _command(wanted, found), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise ToolError(f"The wheels of {lock} cannot be downloaded: {done.stderr.strip()}")
        return {f"{WHEELS}/{path.name}": path.read_bytes() for path in sorted(found.iterdir())}


def _command(wanted: Path, found: Path) -> list[str]:
    """By pip, since uv has no command for it; make puts it beside uv."""
    python = find_uv().with_name("python")
    if not python.exists():
        raise ToolError(f"{python} does not exist, so there is no pip beside uv: make environments", status=UNUSABLE)
    platforms = [part for each in PLATFORMS for part in ("--platform", each)]
    return [
        *(str(python), "-I", "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"),
        *("--only-binary", ":all:", "--require-hashes", "--implementation", "cp", "--python-version", PYTHON_VERSION),
        *(*platforms, "--requirement", str(wanted), "--dest", str(found)),
    ]
