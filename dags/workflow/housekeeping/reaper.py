"""The reaper: judge every live cluster of the deployment, end those that outlived their run, say what they cost."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowRuntimeError

from penstock.housekeeping import ClusterVerdict, HousekeepingReport
from workflow.cost.actual import Usage, actual
from workflow.cost.lookup import find_prices
from workflow.housekeeping.inventory import FAILURES, find
from workflow.housekeeping.judgement import judge
from workflow.housekeeping.termination import end

if TYPE_CHECKING:
    from collections.abc import Callable

    from penstock.cost import Cost
    from workflow.housekeeping.inventory import Found
    from workflow.housekeeping.judgement import Judgement, Policy
    from workflow.housekeeping.runs import RunStatus
    from workflow.housekeeping.termination import Patience

KEPT, TERMINATED, WOULD, FAILED = "kept", "terminated", "would terminate", "failed"
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Reaper:
    """How clusters are judged and ended; `status_of` asks Airflow, `cost_of` asks AWS."""

    policy: Policy
    patience: Patience
    status_of: Callable[[str, str], RunStatus]
    cost_of: Callable[[str], Cost | None]
    dry_run: bool

    def reap(self, emr: Any, deployment: str, now: datetime) -> HousekeepingReport:
        """Judge, end and report; raises only if the clusters cannot be listed."""
        found, problems = find(emr, deployment)
        judged = [(each, self._judge(each, now, problems)) for each in found]
        ending = [each for each, judgement in judged if judgement.end]
        refused = {} if self.dry_run else end(emr, ending, self.patience)
        problems += [f"{key}: {problem}" for key, problem in refused.items()]
        return HousekeepingReport(
            moment=now.isoformat(timespec="seconds"),
            dry_run=self.dry_run,
            clusters=[self._verdict(each, judgement, refused, now) for each, judgement in judged],
            problems=problems,
        )

    def _judge(self, found: Found, now: datetime, problems: list[str]) -> Judgement:
        owner, run = found.cluster.owner, None
        try:
            run = self.status_of(owner.dag, owner.run) if owner.dag and owner.run else None
        except AirflowRuntimeError as error:
            problems.append(f"{found.cluster.id}: Airflow does not say what became of {owner.dag}/{owner.run}: {error}")
        return judge(found.cluster, run, self.policy, now)

    def _verdict(self, found: Found, judgement: Judgement, refused: dict[str, str], now: datetime) -> ClusterVerdict:
        cluster = found.cluster
        action = self._action(judgement, refused=cluster.id in refused)
        cost = None if action == KEPT else self.cost_of(cluster.id)
        return ClusterVerdict(
            id=cluster.id,
            name=cluster.name,
            dag=cluster.owner.dag,
            run=cluster.owner.run,
            state=cluster.state,
            age_hours=round((now - cluster.created).total_seconds() / 3600, 2),
            action=action,
            reason=judgement.reason,
            cost_usd=cost.usd if cost else None,
            cost_without=cost.unknown if cost else [],
        )

    def _action(self, judgement: Judgement, *, refused: bool) -> str:
        if not judgement.end:
            return KEPT
        if self.dry_run:
            return WOULD
        return FAILED if refused else TERMINATED


def cost_of(emr: Any, cluster_id: str, aws: dict[str, Any]) -> Cost | None:
    """What the cluster has used, priced; None if AWS does not say what it used, which keeps nobody from reaping."""
    try:
        pages = emr.get_paginator("list_instances").paginate(ClusterId=cluster_id)
        usage = Usage(clusters={cluster_id: [each for page in pages for each in page["Instances"]]})
        return actual(usage, find_prices(usage.items, **aws), now=datetime.now(UTC))
    except FAILURES as error:
        log.warning("The cost of %s is not known: %s", cluster_id, error)
        return None
