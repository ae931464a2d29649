"""What a run costs: an estimate before its cluster is made, the cost after it ended.

US dollars at AWS's list prices: no discounts, credits or tax. What has no known price is named, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from penstock.documents import Document


@dataclass(frozen=True, kw_only=True)
class CostLine:
    """One charge, as on a bill: `quantity` of `unit` at `usd_per_unit`."""

    name: str
    """Whose charge: an instance group, a cluster or a job run."""
    item: str
    """What is charged: `EC2 m7g.xlarge on demand`, `EMR fee of m7g.xlarge`."""
    count: int
    """How many instances, volumes or runs the quantity is the sum of."""
    quantity: float
    unit: str
    usd_per_unit: float | None
    usd: float | None
    """None where the price is not known."""


@dataclass(frozen=True, kw_only=True)
class PricedDocument(Document):
    """Charges and where their prices come from."""

    region: str
    lines: list[CostLine]
    usd: float
    """Sum of the lines with a price: the whole only if `unknown` is empty."""
    unknown: list[str]
    """What has no known price, each once."""
    notes: list[str]
    """What the sum does not hold, and where it is an upper bound."""
    prices_source: str
    prices_date: str
    """ISO date of the oldest price; empty where none was found."""
    simulated: bool
    """The run was on a local AWS, which costs nothing: this is what AWS would charge."""


@dataclass(frozen=True, kw_only=True)
class CostEstimate(PricedDocument):
    """What a cluster may cost, from its request: `usd` is for all of `hours`."""

    kind: ClassVar[str] = "cost_estimate"

    usd_per_hour: float
    hours: float
    """The longest that the run's timeouts allow."""
    typical_hours: float | None
    """How long earlier runs took; None without history."""
    typical_usd: float | None


@dataclass(frozen=True, kw_only=True)
class Cost(PricedDocument):
    """What a run used, priced."""

    kind: ClassVar[str] = "cost"

    clusters: list[str]
    """Every cluster that the run had."""
    final: bool
    """False while something is still running: the cost so far."""
