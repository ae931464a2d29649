"""What the task log shows, to the letter."""

from datetime import UTC, datetime, timedelta

import pytest

from workflow.cost.actual import Usage, actual
from workflow.cost.estimate import dollars, estimate
from workflow.cost.prices import Prices
from workflow.cost.table import cost_table

PRICES = Prices(
    region="us-east-1",
    source="snapshot prices.csv",
    date="2026-10-08",
    usd={("ec2", "m7g.xlarge"): 0.1632, ("emr", "m7g.xlarge"): 0.0408, ("ec2", "r7g.xlarge"): 0.2142},
)
GROUPS = [
    {"Name": "primary", "InstanceRole": "MASTER", "InstanceType": "m7g.xlarge", "InstanceCount": 1},
    {"Name": "core", "InstanceRole": "CORE", "InstanceType": "r7g.xlarge", "InstanceCount": 2},
]


def test_an_estimate() -> None:
    request = {"Instances": {"InstanceGroups": GROUPS}}
    document = estimate(request, PRICES, hours=5, typical_hours=0.5)
    assert cost_table(document).splitlines() == [
        (
            "The cluster may cost at least $3.16 ($0.6324 an hour for 5 hours, typically $0.3162; "
            "prices of snapshot prices.csv, 2026-10-08)"
        ),
        "of       charge                    count  quantity  unit            $/unit        $",
        "primary  EC2 m7g.xlarge on demand      1     5.000  instance-hour   0.1632   0.8160",
        "primary  EMR fee of m7g.xlarge         1     5.000  instance-hour   0.0408   0.2040",
        "core     EC2 r7g.xlarge on demand      2    10.000  instance-hour   0.2142   2.1420",
        "core     EMR fee of r7g.xlarge         2    10.000  instance-hour  unknown  unknown",
        "No known price, so not in the sum: EMR fee of r7g.xlarge.",
        "Not included: volumes that EMR adds by itself, S3, logs, data transfer, IPv4 addresses, tax.",
    ]


def test_a_cost_on_a_local_aws() -> None:
    start = datetime(2026, 1, 2, tzinfo=UTC)
    timeline = {"CreationDateTime": start, "EndDateTime": start + timedelta(seconds=90)}
    instance = {"InstanceType": "m7g.xlarge", "Market": "ON_DEMAND", "Status": {"Timeline": timeline}}
    document = actual(Usage(clusters={"j-1": [instance]}), PRICES, now=start, simulated=True)
    assert cost_table(document).splitlines() == [
        "The run would have cost $0.0051 (prices of snapshot prices.csv, 2026-10-08)",
        "of   charge                    count  quantity  unit           $/unit       $",
        "j-1  EC2 m7g.xlarge on demand      1     0.025  instance-hour  0.1632  0.0041",
        "j-1  EMR fee of m7g.xlarge         1     0.025  instance-hour  0.0408  0.0010",
        "On a local AWS: nothing is billed.",
        "Instances count from their creation: EC2 bills from a little later, when they run.",
        "Not included: volumes that EMR adds by itself, S3, logs, data transfer, IPv4 addresses, tax.",
    ]


@pytest.mark.parametrize(
    ("usd", "text"), [(0, "$0.00"), (0.00005, "$0.0001"), (0.5, "$0.5000"), (1, "$1.00"), (1234.567, "$1,234.57")]
)
def test_amounts(usd: float, text: str) -> None:
    assert dollars(usd) == text
