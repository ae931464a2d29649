"""What may be decided about any workflow that works on a compute, as frozen models of its YAML."""

from __future__ import annotations

from pydantic import Field

from workflow.compute.spec import Compute
from workflow.values import Cell


class Attempted(Compute):
    """Whose workflow it is, and how often a task is tried."""

    owner: Cell
    """As Airflow shows it, and as the cluster's tag."""
    tags: list[Cell]
    """Airflow's, to filter DAGs by."""
    retries: int = Field(ge=0, le=10)
    retry_delay_seconds: int = Field(ge=0, le=86_400)
    """Before each retry."""


class Scheduled(Attempted):
    """The same, of a workflow that may start by itself."""

    schedule: str | None
