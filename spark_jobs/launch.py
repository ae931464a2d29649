"""EMR step in client mode: starts a job's driver in the Python of an archive.

Spark unpacks `--archives` beside executors. A driver in client mode is started before that and elsewhere, so it fetches
the archive itself, by Spark's own file systems: whatever role reads the job's data reads the archive.

Needs nothing but PySpark, and Python from 3.8 on: `launch.py <archive> <script> [argument ...]`.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ARCHIVE, _FOLDER = "archive.tar.gz", "environment"


def main(argv: Sequence[str]) -> None:
    """Become the driver: the process, its output and its connection to Spark's JVM stay."""
    archive, script, *args = argv
    python = unpacked(archive, fetch, home()) / "bin/python"
    os.execv(python, [str(python), "-m", module_of(script), *args])  # noqa: S606 - without a shell


def module_of(script: str) -> str:
    """The script as a module of jobs.zip, which spark-submit has put on the path."""
    path = PurePosixPath(script)
    return f"{path.parent.name}.{path.stem}"


def home() -> Path:
    """The folder of unpacked archives, which the steps of a node share; raises PermissionError if it is not ours."""
    folder = Path(tempfile.gettempdir()) / f"penstock-environments-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid() or folder.is_symlink():
        raise PermissionError(f"{folder} is not this user's folder; remove it")
    return folder


def unpacked(uri: str, fetch: Callable[[str, Path], None], folder: Path) -> Path:
    """The archive's files below `folder`, fetched if no earlier step has; steps at the same time do no harm."""
    place = folder / hashlib.sha256(uri.encode()).hexdigest()[:16]
    if not place.exists():
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            archive, unfinished = Path(scratch) / _ARCHIVE, Path(scratch) / _FOLDER
            fetch(uri, archive)
            unfinished.mkdir()
            subprocess.run(["tar", "-xzf", str(archive), "-C", str(unfinished)], check=True)  # noqa: S603, S607 - without a shell
            try:
                unfinished.rename(place)
            except OSError:
                if not place.exists():
                    raise
    return place


def fetch(uri: str, target: Path) -> None:
    """Copy a file of any file system that Spark knows, before there is a SparkContext."""
    from pyspark.java_gateway import launch_gateway  # noqa: PLC0415 - the rest is tested without Spark

    gateway: Any = launch_gateway()  # type: ignore[no-untyped-call]
    jvm = gateway.jvm
    configuration = jvm.org.apache.spark.deploy.SparkHadoopUtil.get().newConfiguration(jvm.org.apache.spark.SparkConf())
    path = jvm.org.apache.hadoop.fs.Path(uri)
    path.getFileSystem(configuration).copyToLocalFile(False, path, jvm.org.apache.hadoop.fs.Path(str(target)), True)  # noqa: FBT003 - Java's


if __name__ == "__main__":
    main(sys.argv[1:])
