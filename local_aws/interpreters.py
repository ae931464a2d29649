"""Which Python runs an application: this machine's, or that of an archive, which is where Spark unpacks it.

A cluster's nodes have interpreters at absolute paths, for which this machine's stands in. A relative path is below the
folder of a container, YARN's or EMR Serverless's, into which the application's archives are unpacked. In client mode
the driver runs in no container, and such a path leads nowhere for it.
https://spark.apache.org/docs/3.5.6/api/python/user_guide/python_packaging.html
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from local_aws.submission import Submission

WORKERS, DRIVER = "spark.pyspark.python", "spark.pyspark.driver.python"
ARCHIVES = ("spark.archives", "spark.yarn.dist.archives")
SERVERLESS_DRIVER = "spark.emr-serverless.driverEnv."


@dataclass(frozen=True, kw_only=True)
class Interpreters:
    """What is started: paths below a container's folder; empty for this machine's own."""

    workers: str = ""
    driver: str = ""
    contained: bool = False
    """Whether the driver runs in a container as well: cluster mode."""
    archives: tuple[str, ...] = ()
    """`address#folder`, as spark-submit takes them."""

    @property
    def shipped(self) -> bool:
        """Whether an archive's interpreter is asked for at all."""
        return bool(self.workers or self.driver)


def chosen(defaults: Mapping[str, str], submission: Submission) -> Interpreters:
    """Return what an application asks for; a driver that it does not name is started like the workers."""
    properties = {**defaults, **submission.properties}
    workers = properties.get(WORKERS, "")
    archives = submission.archives or next((properties[name] for name in ARCHIVES if properties.get(name)), "")
    return Interpreters(
        workers=_relative(workers),
        driver=_relative(properties.get(DRIVER, workers)),
        contained=(submission.deploy_mode or properties.get("spark.submit.deployMode")) == "cluster",
        archives=tuple(filter(None, archives.split(","))),
    )


def of_serverless(properties: Mapping[str, str]) -> dict[str, str]:
    """Return the interpreters that EMR Serverless's variables of the driver name, as Spark's properties."""
    named = {WORKERS: "PYSPARK_PYTHON", DRIVER: "PYSPARK_DRIVER_PYTHON"}
    found = {name: properties.get(f"{SERVERLESS_DRIVER}{variable}", "") for name, variable in named.items()}
    return {name: value for name, value in found.items() if value}


def unpack(archives: tuple[str, ...], folder: Path, local_file: Callable[[str], Path]) -> None:
    """Unpack archives as a container finds them, each in the folder that its address names."""
    for each in archives:
        address, _, name = each.partition("#")
        shutil.unpack_archive(local_file(address), folder / (name or Path(address).name), filter="data")


def _relative(path: str) -> str:
    return "" if Path(path).is_absolute() or "/" not in path else path
