"""What a platform team may decide about housekeeping, as frozen models of its YAML."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workflow.values import Cell, Minutes, Values

Days = Annotated[int, Field(ge=1, le=36_500)]
"""At least one, so that what a running run has just written is never old."""


class Reaper(Values):
    """When a cluster has outlived its run."""

    grace_minutes: int = Field(ge=0, le=1_440)
    max_age_hours: float = Field(ge=0, le=8_760)
    confirm_minutes: Minutes


class Retention(Values):
    """How much is kept; None keeps for ever."""

    runs_days: Days | None
    logs_days: Days | None
    reports_days: Days | None
    versions: Annotated[int, Field(ge=1, le=10_000)] | None


class Timeouts(Values):
    """How long each task may take."""

    reap: Minutes
    """Looking at all clusters and ending some."""
    retention: Minutes
    """Removing what is no longer kept."""


class Housekeeping(Values):
    """The values of the workflow `housekeeping`."""

    owner: Cell
    """As Airflow shows it."""
    tags: list[Cell]
    """Airflow's, to filter DAGs by."""
    schedule: str | None
    reaper: Reaper
    retention: Retention
    timeouts: Timeouts
