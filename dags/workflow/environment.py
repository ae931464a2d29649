"""How a Spark job gets its Python packages: by an archive, or by what a bootstrap action has put on every node.

The archive has `bin/python`, whatever its form. Who unpacks it, and what must be said so that it is used, differs:

| where | executors | driver |
|---|---|---|
| a step in client mode | `--archives`: YARN unpacks it beside each | nobody does, so the launcher fetches it |
| EMR Serverless | `spark.archives` | the same, beside the driver too |
| a cluster with the bootstrap action | a folder of the node | the same folder |

https://spark.apache.org/docs/3.5.6/api/python/user_guide/python_packaging.html
https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/using-python-libraries.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from penstock.layout import INSTALLER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from penstock.layout import Code

    Conf = Mapping[str, str]

PYTHON, DRIVER_PYTHON, ARCHIVES = "spark.pyspark.python", "spark.pyspark.driver.python", "spark.archives"
FOLDER = "environment"
"""Of the unpacked archive, beside each executor."""
SHIPPED = f"./{FOLDER}/bin/python"
BARE = "/usr/bin/python3"
"""Of every EMR release: starts the launcher, which needs nothing but Spark."""
INSTALLED = "/opt/penstock/environments"
"""Where the bootstrap action puts environments, each in a folder of its SHA-256."""
_DRIVER = "spark.emr-serverless.driverEnv."


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The environment of a workflow's Spark jobs."""

    sha: str = ""
    """Empty for none: the machines' own Python has the packages."""
    uri: str = ""
    installed: bool = False
    """Whether the cluster's nodes have it, so that no archive travels with jobs."""

    def of(self, conf: Conf) -> Environment:
        """This, or none for jobs whose spec names an interpreter itself."""
        return Environment() if PYTHON in conf else self

    def submit_options(self, conf: Conf) -> list[str]:
        """A step's options of spark-submit: the archives of the environment and of `conf` as one list, the settings.

        Of two lists Spark takes one. It must be `--archives`: of `spark.archives` YARN's executors get a second copy
        from the driver.
        """
        if not self.sha:
            return _settings(conf)
        if self.installed:
            return _settings({PYTHON: f"{INSTALLED}/{self.sha}/bin/python", **conf})
        settings = {PYTHON: SHIPPED, DRIVER_PYTHON: BARE, **conf}
        settings.pop(ARCHIVES, None)
        return ["--archives", self._archives(conf), *_settings(settings)]

    def launcher(self, code: Code) -> list[str]:
        """What a step runs before its script: nothing, or the launcher that gives the driver the environment."""
        return [code.launcher, self.uri] if self.sha and not self.installed else []

    def serverless_conf(self, conf: Conf) -> dict[str, str]:
        """The settings of a job run of EMR Serverless."""
        if not self.sha:
            return dict(conf)
        return {
            f"{_DRIVER}PYSPARK_DRIVER_PYTHON": SHIPPED,
            f"{_DRIVER}PYSPARK_PYTHON": SHIPPED,
            "spark.executorEnv.PYSPARK_PYTHON": SHIPPED,
            **conf,
            ARCHIVES: self._archives(conf),
        }

    def bootstrap_action(self, code: Code) -> list[dict[str, object]]:
        """RunJobFlow's bootstrap action that installs it, where it is installed."""
        if not self.sha or not self.installed:
            return []
        action = {"Path": code.script(INSTALLER), "Args": [self.uri, self.sha, INSTALLED]}
        return [{"Name": FOLDER, "ScriptBootstrapAction": action}]

    def _archives(self, conf: Conf) -> str:
        return ",".join([f"{self.uri}#{FOLDER}", *filter(None, [conf.get(ARCHIVES, "")])])


def _settings(conf: Conf) -> list[str]:
    return [option for name, value in conf.items() for option in ("--conf", f"{name}={value}")]
