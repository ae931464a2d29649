"""Prices by what AWS charges for, and the one way in which a charge becomes a line of a document."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from penstock.cost import CostLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Item = tuple[str, str]
"""A service and its item: `("ec2", "m7g.xlarge")`. The services are the keys of LABELS."""
ON_DEMAND, SPOT = "ON_DEMAND", "SPOT"

LABELS = {
    "ec2": "EC2 {} on demand",
    "spot": "EC2 {} spot",
    "emr": "EMR fee of {}",
    "ebs": "EBS {}",
    "emr_serverless": "EMR Serverless {}",
    "glue": "Glue {}",
}
"""Service to the name of its items in documents."""
UNITS = {
    "ec2": "instance-hour",
    "spot": "instance-hour",
    "emr": "instance-hour",
    "ebs": "GB-month",
    "emr_serverless": "hour",
    "glue": "DPU-hour",
}
DIGITS = 6
"""Decimals of every stored amount: AWS's own prices have up to ten, its bills six."""
SPOT_AT_MOST = "Spot instances count at the on-demand price, which they never exceed: no spot price was found."
NOT_INCLUDED = "Not included: volumes that EMR adds by itself, S3, logs, data transfer, IPv4 addresses, tax."


@dataclass(frozen=True, kw_only=True)
class Prices:
    """US dollars per unit in one region."""

    region: str
    source: str
    date: str
    """ISO date of the oldest price; empty if there is none."""
    usd: Mapping[Item, float] = field(default_factory=dict)

    def instance(self, instance_type: str, market: str) -> Item:
        """What an instance is charged as: on demand too where a spot price is not known."""
        spot = ("spot", instance_type)
        return spot if market == SPOT and spot in self.usd else ("ec2", instance_type)

    def line(self, item: Item, *, name: str, count: int, quantity: float) -> CostLine:
        """`quantity` units of `item`; without an amount if its price is not known."""
        service, detail = item
        price = self.usd.get(item)
        return CostLine(
            name=name,
            item=LABELS[service].format(detail),
            count=count,
            quantity=round(quantity, DIGITS),
            unit=UNITS[service],
            usd_per_unit=price,
            usd=None if price is None else round(quantity * price, DIGITS),
        )


def total(lines: Iterable[CostLine]) -> float:
    """The sum of what has a price, in US dollars."""
    return round(math.fsum(line.usd for line in lines if line.usd is not None), DIGITS)


def without_price(lines: Iterable[CostLine]) -> list[str]:
    """What has no price, each once."""
    return list(dict.fromkeys(line.item for line in lines if line.usd_per_unit is None))
