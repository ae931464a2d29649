"""The two cost documents travel as the others do."""

import json

import pytest

from penstock.cost import Cost, CostEstimate, CostLine
from penstock.errors import DocumentError

LINE = CostLine(
    name="core",
    item="EC2 r7g.xlarge on demand",
    count=2,
    quantity=5.0,
    unit="instance-hour",
    usd_per_unit=0.2142,
    usd=1.071,
)
FEE = CostLine(
    name="core",
    item="EMR fee of r7g.xlarge",
    count=2,
    quantity=5.0,
    unit="instance-hour",
    usd_per_unit=None,
    usd=None,
)
PRICED = {
    "region": "us-east-1",
    "lines": [LINE, FEE],
    "usd": 1.071,
    "unknown": ["EMR fee of r7g.xlarge"],
    "notes": [],
    "prices_source": "snapshot prices.csv",
    "prices_date": "2026-10-08",
    "simulated": True,
}
ESTIMATE = CostEstimate(**PRICED, usd_per_hour=0.4284, hours=2.5, typical_hours=None, typical_usd=None)
COST = Cost(**PRICED, clusters=["j-1", "j-2"], final=False)


def test_an_estimate_round_trips() -> None:
    assert CostEstimate.from_json(ESTIMATE.to_json(), "s3://b/cost-estimate.json") == ESTIMATE


def test_a_cost_round_trips() -> None:
    assert Cost.from_json(COST.to_json(), "s3://b/cost.json") == COST


def test_what_has_no_price_is_null() -> None:
    data = json.loads(COST.to_json())
    assert (data["kind"], data["lines"][0]["usd"], data["lines"][1]["usd"]) == ("cost", 1.071, None)


def test_one_is_not_taken_for_the_other() -> None:
    with pytest.raises(DocumentError) as caught:
        Cost.from_json(ESTIMATE.to_json(), "s3://b/cost.json")
    assert str(caught.value) == (
        "s3://b/cost.json is a document of kind 'cost_estimate' version 1; expected 'cost' version 1. "
        "Was it written by another release?"
    )
