"""What Spark reads and writes: its file system for the buckets, made to write down what is asked of it.

Spark does not speak to S3 here but sees the buckets' folders, so what it asks Hadoop's FileSystem for is what can be
known. The class is compiled on first use by the Scala compiler that pyspark brings with it, in about 5 s.
"""

import hashlib
import subprocess
from pathlib import Path

from local_aws.recording.record import Record
from local_aws.spark import SparkInstall

SOURCE = Path(__file__).with_name("RecordedFileSystem.scala")
CLASS = "localaws.RecordedFileSystem"
COMPILE_SECONDS = 300


class CompileError(Exception):
    """Scala did not compile the recorded file system."""


def compiled(install: SparkInstall, cache: Path) -> Path:
    """Return the folder of the compiled class; compile it unless that was done for this source."""
    folder = cache / f"recording-{hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:12]}"
    if (folder / "localaws").is_dir():
        return folder
    jars = str(install.home / "jars" / "*")
    partial = folder.with_suffix(".partial")
    partial.mkdir(parents=True, exist_ok=True)
    java = [str(install.java_home / "bin" / "java"), "-Xss4m", "-XX:TieredStopAtLevel=1", "-cp", jars]
    argv = [*java, "scala.tools.nsc.Main", "-usejavacp", "-d", str(partial), str(SOURCE)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=COMPILE_SECONDS, check=False)  # noqa: S603
    if done.returncode:
        raise CompileError(f"{SOURCE} does not compile: {done.stdout}{done.stderr}")
    return partial.rename(folder)


def properties(record: Record, classes: Path, buckets: Path, role: str) -> dict[str, str]:
    """Return Spark's properties for an application that runs by a role."""
    return {
        "spark.driver.extraClassPath": str(classes),
        "spark.executor.extraClassPath": str(classes),
        "spark.hadoop.fs.raw.impl": CLASS,
        "spark.hadoop.local-aws.record": str(record.path),
        "spark.hadoop.local-aws.buckets": str(buckets),
        "spark.hadoop.local-aws.principal": role,
    }
