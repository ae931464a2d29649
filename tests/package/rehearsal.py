"""A checkout whose DAGs, plugins and contract are those of a package: `python -m tests.package.rehearsal PACKAGE INTO`.

The tests of tests/dags and tests/plugins run in it as they are, with what MWAA is given in place of the sources.
"""

import shutil
import sys
import zipfile
from pathlib import Path

from tools.settings import REPOSITORY

COPIED = ("tests", "pyproject.toml")
"""What pytest must find in the folder itself."""
LINKED = ("benchmarks", "bootstrap", "docs", "glue_scripts", "local_aws", "notebooks", "spark_jobs", "tools")
"""What other environments run in these tests; a package does not hold it."""


def lay_out(package: Path, into: Path) -> None:
    """Make the folder anew."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    for name in COPIED:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, into / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        else:
            shutil.copy(source, into / name)
    for name in LINKED:
        (into / name).symlink_to(REPOSITORY / name)
    shutil.copytree(package / "dags", into / "dags")
    unpack(package / "plugins.zip", into / "plugins")
    (into / "penstock").symlink_to("plugins/penstock")


def unpack(archive: Path, into: Path) -> None:
    """As MWAA unpacks plugins.zip and Lambda its code."""
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(into)


if __name__ == "__main__":
    lay_out(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
