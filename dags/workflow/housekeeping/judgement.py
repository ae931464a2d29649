"""Whether a cluster has outlived its run. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from workflow.housekeeping.runs import RunStatus
    from workflow.ownership import OwnedCluster


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How long a cluster may live."""

    grace: timedelta
    """After its run's end, so that the run's own teardown is not raced."""
    max_age: timedelta
    """Of a cluster whose run still runs and whose tags name no expiry."""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What is to be done with a cluster, and why."""

    end: bool
    reason: str


def judge(cluster: OwnedCluster, run: RunStatus | None, policy: Policy, now: datetime) -> Judgement:
    """Decide; `run` is None if Airflow did not say, and then only the clock counts."""
    if not (cluster.owner.dag and cluster.owner.run):
        return Judgement(end=False, reason="its tags name no run")
    if overdue := _overdue(cluster, policy, now):
        return Judgement(end=True, reason=overdue)
    if run is None:
        return Judgement(end=False, reason="Airflow does not say what became of its run")
    return _by_run(run, policy, now)


def _by_run(run: RunStatus, policy: Policy, now: datetime) -> Judgement:
    if run.live:
        return Judgement(end=False, reason=f"its run is {run.state}")
    if run.state is None:
        return Judgement(end=True, reason="Airflow knows no such run")
    if run.ended and now < run.ended + policy.grace:
        return Judgement(end=False, reason=f"its run ended at {run.ended:%H:%M:%S} UTC and may still end it itself")
    return Judgement(end=True, reason=f"its run has ended ({run.state})")


def _overdue(cluster: OwnedCluster, policy: Policy, now: datetime) -> str:
    if cluster.expires:
        return f"it expired at {cluster.expires:%Y-%m-%d %H:%M} UTC" if cluster.expires <= now else ""
    hours = policy.max_age.total_seconds() / 3600
    return f"it is older than {hours:g} h and names no expiry" if now >= cluster.created + policy.max_age else ""
