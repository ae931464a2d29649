"""The benchmark of quality, on the demo's data and by Spark's interpreter."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tools.datasets.locate import locate
from tools.settings import REPOSITORY

if TYPE_CHECKING:
    from tools.settings import Settings

_SCRIPT = REPOSITORY / "benchmarks" / "quality.py"


def bench(settings: Settings) -> int:
    """Print the table, below a line that says whose ratings these are; returns the benchmark's exit status."""
    settings.check_interpreters()
    found = locate(settings)
    command = [str(settings.spark_python), str(_SCRIPT), "--data", str(found.folder), "--source", found.detail]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own command
