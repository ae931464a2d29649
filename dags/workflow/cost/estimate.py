"""What a cluster may cost, before it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from penstock.cost import CostEstimate
from penstock.errors import PenstockError
from workflow.cost.prices import NOT_INCLUDED, SPOT, SPOT_AT_MOST, total, without_price
from workflow.cost.request import growth, slots

if TYPE_CHECKING:
    from collections.abc import Mapping

    from penstock.cost import CostLine
    from workflow.cost.prices import Prices
    from workflow.cost.request import Choice, Slot

HOURS_PER_MONTH = 730
"""AWS prices volumes per GB-month and counts 730 hours a month (AWS Pricing Calculator's assumptions)."""
DEAREST = "Of a fleet's instance types the dearest is counted."
PROVISIONED = "Provisioned IOPS and throughput of volumes are not counted."


def estimate(
    request: Mapping[str, Any],
    prices: Prices,
    *,
    hours: float,
    typical_hours: float | None = None,
    simulated: bool = False,
) -> CostEstimate:
    """The cost of the cluster of a RunJobFlow request that lives `hours`, and of one that lives `typical_hours`."""
    lines = _lines(request, prices, hours)
    hourly = total(_lines(request, prices, 1.0))
    unpriced = {item for slot in slots(request) for choice in slot.choices for item in _unpriced(choice, prices)}
    return CostEstimate(
        region=prices.region,
        lines=lines,
        usd=total(lines),
        unknown=[*without_price(lines), *sorted(unpriced - set(without_price(lines))), *growth(request)],
        notes=_notes(request, prices),
        prices_source=prices.source,
        prices_date=prices.date,
        simulated=simulated,
        usd_per_hour=hourly,
        hours=hours,
        typical_hours=typical_hours,
        typical_usd=None if typical_hours is None else total(_lines(request, prices, typical_hours)),
    )


def check_budget(estimate: CostEstimate, budget_usd: float | None) -> None:
    """Refuse a cluster that may cost more than the budget, or of which that cannot be known; raises PenstockError."""
    if budget_usd is None:
        return
    if estimate.usd > budget_usd:
        raise PenstockError(
            f"The cluster may cost {dollars(estimate.usd)} ({dollars(estimate.usd_per_hour)} an hour for up to "
            f"{estimate.hours:.3g} hours), the budget is {dollars(budget_usd)}. "
            "Ask for fewer or smaller instances, shorten the timeouts, or raise the budget."
        )
    if estimate.unknown:
        raise PenstockError(
            f"The budget of {dollars(budget_usd)} cannot be kept: no price in {estimate.region} of "
            f"{', '.join(estimate.unknown)} ({estimate.prices_source}). Let the connection call pricing:GetProducts, "
            "add the price to dags/workflow/prices/prices.csv, choose another instance type, or remove the budget."
        )


def dollars(usd: float) -> str:
    """An amount for people: cents, or the first figures of less."""
    return f"${usd:,.2f}" if usd >= 1 or usd == 0 else f"${usd:.4f}"


def _lines(request: Mapping[str, Any], prices: Prices, hours: float) -> list[CostLine]:
    return [line for slot in slots(request) for line in _dearest(slot, prices, hours)]


def _dearest(slot: Slot, prices: Prices, hours: float) -> list[CostLine]:
    """The bound of a slot; a type without a price is shown only where no other has one."""
    choices = [_charges(slot.name, choice, prices, hours) for choice in slot.choices]
    return max(choices, key=lambda lines: (not without_price(lines), total(lines)))


def _charges(name: str, choice: Choice, prices: Prices, hours: float) -> list[CostLine]:
    used = choice.count * hours
    machines = [prices.instance(choice.type, choice.market), ("emr", choice.type)]
    lines = [prices.line(item, name=name, count=choice.count, quantity=used) for item in machines]
    for volume in choice.volumes:
        months = used * volume.count * volume.gigabytes / HOURS_PER_MONTH
        count = choice.count * volume.count
        lines.append(prices.line(("ebs", volume.type), name=name, count=count, quantity=months))
    return lines


def _unpriced(choice: Choice, prices: Prices) -> list[str]:
    return without_price(_charges("", choice, prices, 1.0))


def _notes(request: Mapping[str, Any], prices: Prices) -> list[str]:
    found = slots(request)
    choices = [choice for slot in found for choice in slot.choices]
    notes = []
    if any(choice.market == SPOT and ("spot", choice.type) not in prices.usd for choice in choices):
        notes.append(SPOT_AT_MOST)
    if any(len(slot.choices) > 1 for slot in found):
        notes.append(DEAREST)
    if any(choice.volumes for choice in choices):
        notes.append(PROVISIONED)
    return [*notes, NOT_INCLUDED]
