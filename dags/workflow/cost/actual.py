"""What a run used, priced: clusters by their instances' lives, Glue by DPU-hours, EMR Serverless by what it billed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from penstock.cost import Cost
from workflow.cost.metered import glue_lines, is_running, metered_items, serverless_lines
from workflow.cost.prices import NOT_INCLUDED, ON_DEMAND, SPOT, SPOT_AT_MOST, total, without_price

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from penstock.cost import CostLine
    from workflow.cost.metered import JobRun, ServerlessRun
    from workflow.cost.prices import Item, Prices

Instance = dict[str, Any]
"""One entry of EMR's ListInstances, of any state."""
MINIMUM_SECONDS = 60
"""EC2 bills Linux instances by the second, at least a minute, on demand and spot (AWS, "Announcing Amazon EC2
per second billing", 2 October 2017); EMR's fee follows the same rule (Amazon EMR pricing)."""
SECONDS_PER_HOUR = 3600
STARTED = "Instances count from their creation: EC2 bills from a little later, when they run."
SPOT_NOW = "Spot instances count at the highest current price of the region's zones, not at each hour's."
SO_FAR = "Still running: the cost so far."


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What AWS says that a run used."""

    clusters: Mapping[str, Sequence[Instance]] = field(default_factory=dict)
    """Cluster id to ListInstances, lost and replaced instances included."""
    glue: Sequence[JobRun] = ()
    serverless: Sequence[ServerlessRun] = ()

    @property
    def instances(self) -> list[Instance]:
        """The instances of all clusters."""
        return [instance for found in self.clusters.values() for instance in found]

    @property
    def items(self) -> frozenset[Item]:
        """Every price that the cost needs."""
        found: set[Item] = set(metered_items(self.glue, self.serverless))
        for each in self.instances:
            found |= {("ec2", each["InstanceType"]), ("emr", each["InstanceType"])}
            found |= {("spot", each["InstanceType"])} if _market(each) == SPOT else set()
        return frozenset(found)


def actual(usage: Usage, prices: Prices, *, now: datetime, simulated: bool = False) -> Cost:
    """The cost of a run; what has no end yet counts until `now`, which knows its time zone."""
    lines = [line for key, found in usage.clusters.items() for line in _cluster(key, found, prices, now)]
    lines += glue_lines(usage.glue, prices) + serverless_lines(usage.serverless, prices)
    final = not any(_is_running(each) for each in usage.instances) and not is_running(usage.glue, usage.serverless)
    return Cost(
        region=prices.region,
        lines=lines,
        usd=total(lines),
        unknown=without_price(lines),
        notes=_notes(usage, prices, final=final),
        prices_source=prices.source,
        prices_date=prices.date,
        simulated=simulated,
        clusters=list(usage.clusters),
        final=final,
    )


def billed_seconds(instance: Instance, now: datetime) -> int:
    """How long an instance is charged for: none if it was never made, else whole seconds, at least a minute."""
    timeline = instance["Status"]["Timeline"]
    created = timeline.get("CreationDateTime")
    if created is None:
        return 0
    seconds = ((timeline.get("EndDateTime") or now) - created).total_seconds()
    return max(MINIMUM_SECONDS, -int(-seconds // 1))


def _cluster(cluster_id: str, instances: Sequence[Instance], prices: Prices, now: datetime) -> list[CostLine]:
    seconds: dict[tuple[str, str], list[int]] = defaultdict(list)
    for each in instances:
        if billed := billed_seconds(each, now):
            seconds[each["InstanceType"], _market(each)].append(billed)
    return [
        prices.line(item, name=cluster_id, count=len(found), quantity=sum(found) / SECONDS_PER_HOUR)
        for (kind, market), found in seconds.items()
        for item in (prices.instance(kind, market), ("emr", kind))
    ]


def _market(instance: Instance) -> str:
    market: str = instance.get("Market", ON_DEMAND)
    return market


def _is_running(instance: Instance) -> bool:
    timeline = instance["Status"]["Timeline"]
    return timeline.get("CreationDateTime") is not None and timeline.get("EndDateTime") is None


def _notes(usage: Usage, prices: Prices, *, final: bool) -> list[str]:
    spot = {each["InstanceType"] for each in usage.instances if _market(each) == SPOT}
    priced = {kind for kind in spot if ("spot", kind) in prices.usd}
    notes = [] if final else [SO_FAR]
    notes += [STARTED] if usage.instances else []
    notes += [SPOT_AT_MOST] if spot - priced else []
    notes += [SPOT_NOW] if priced else []
    return [*notes, NOT_INCLUDED]
