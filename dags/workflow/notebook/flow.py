"""The exploration of runs in one deployment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from airflow.sdk import Param

from workflow.flow import Flow
from workflow.notebook.spec import ExploreRun

NOTEBOOK = "notebooks/explore_run.ipynb"
"""Its path in the repository, and in the code bundle."""


@dataclass(frozen=True, kw_only=True)
class Exploration(Flow[Any]):
    """What the tasks need to know; `run` is the exploring run, not the explored one."""

    values = ExploreRun

    @property
    def notebook(self) -> str:
        """The notebook without outputs."""
        return self.code.script(NOTEBOOK)

    def form(self) -> dict[str, Param]:
        """Which run, which of its models, and how much of it."""
        return {
            "run": Param(
                type="string",
                pattern=r"^(s3://[^/]+/.+[^/]|(?!s3:)[^/]+/.+)$",
                title="Run",
                description="The run's folder on S3, s3://..., or <DAG id>/<run id>.",
            ),
            "model": Param(
                "",
                type="string",
                title="Model",
                description="Name of one of the run's models; empty for the first by name.",
            ),
            "sample_rows": Param(
                self.spec.sample_rows,
                type="integer",
                minimum=1,
                maximum=1_000_000,
                title="Sampled rows",
                description="Rows from which charts are drawn, and held-out rows that the model is applied to.",
            ),
        }
