"""What may be decided about the exploration of runs, as frozen models of its YAML."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from workflow.scheduling import Attempted
from workflow.values import Minutes, Values

NEEDED = ("JupyterEnterpriseGateway", "Livy")
"""The applications without which EMR attaches no notebook to a cluster and runs no PySpark kernel on it."""


class Timeouts(Values):
    """How long each task may take."""

    bookkeeping: Minutes
    """Finding the run, plan and cost."""
    cluster: Minutes
    """From the request to RUNNING."""
    notebook: Minutes
    """The execution."""


class ExploreRun(Attempted):
    """The values of the workflow `explore_run`."""

    sample_rows: int = Field(ge=1, le=1_000_000)
    timeouts: Timeouts

    @model_validator(mode="after")
    def _notebooks_need_a_cluster(self) -> Self:
        if self.serverless:
            raise ValueError("serverless: a notebook is executed on a cluster; give cluster or existing_cluster")
        if self.spark_conf:
            raise ValueError(
                "spark_conf: a notebook's Spark is the cluster's; set cluster.configurations.spark-defaults"
            )
        missing = [name for name in NEEDED if self.cluster and name not in self.cluster.applications]
        if missing:
            raise ValueError(f"cluster.applications: notebooks need {' and '.join(NEEDED)}, got no {missing[0]}")
        return self

    @property
    def schedule(self) -> None:
        """Somebody asks for each run."""

    @property
    def longest_minutes(self) -> int:
        """How long the tasks on the compute can take, nothing retried."""
        return self.timeouts.notebook
