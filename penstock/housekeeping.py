"""The documents of housekeeping: what became of clusters, and what was too old to keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from penstock.documents import Document


@dataclass(frozen=True, kw_only=True)
class ClusterVerdict:
    """One live cluster of the deployment, and what housekeeping did with it."""

    id: str
    name: str
    dag: str
    run: str
    state: str
    age_hours: float
    action: str
    """`kept`, `terminated`, `would terminate` in a dry run, or `failed`."""
    reason: str
    cost_usd: float | None
    """What it has cost at list prices, unless it was kept; None if nobody knows."""
    cost_without: list[str]
    """What has no known price and is not in the cost."""


@dataclass(frozen=True, kw_only=True)
class HousekeepingReport(Document):
    """What became of the clusters that one run of housekeeping found."""

    kind: ClassVar[str] = "housekeeping_report"

    moment: str
    """When the clusters were judged, ISO 8601 in UTC."""
    dry_run: bool
    clusters: list[ClusterVerdict]
    problems: list[str]
    """A sentence for each cluster that could not be judged or terminated."""


@dataclass(frozen=True, kw_only=True)
class Removed:
    """Objects that were removed, or would be in a dry run."""

    what: str
    """`model`, `bundle`, `run`, `logs` or `reports`."""
    uri: str
    objects: int
    bytes: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class RetentionReport(Document):
    """What was too old to keep."""

    kind: ClassVar[str] = "retention_report"

    moment: str
    dry_run: bool
    removed: list[Removed]
    problems: list[str]
