"""An estimate is exactly its request times its prices."""

from typing import Any

import pytest

from penstock.cost import CostEstimate, CostLine
from penstock.errors import PenstockError
from workflow.cluster import job_flow
from workflow.cost.estimate import DEAREST, PROVISIONED, check_budget, estimate
from workflow.cost.prices import NOT_INCLUDED, SPOT_AT_MOST, Prices
from workflow.cost.request import items
from workflow.recommender.flow import RecommenderFlow

PRICES = Prices(
    region="us-east-1",
    source="test",
    date="2026-01-02",
    usd={
        ("ec2", "m.xlarge"): 0.2,
        ("emr", "m.xlarge"): 0.05,
        ("ec2", "r.xlarge"): 0.3,
        ("emr", "r.xlarge"): 0.07,
        ("spot", "r.xlarge"): 0.1,
        ("ec2", "c.xlarge"): 0.4,
        ("emr", "c.xlarge"): 0.1,
        ("ebs", "gp3"): 0.073,
    },
)
M, R, C = "m.xlarge", "r.xlarge", "c.xlarge"


def group(role: str, kind: str, count: int, **more: Any) -> dict[str, Any]:
    return {"Name": role.lower(), "InstanceRole": role, "InstanceType": kind, "InstanceCount": count, **more}


def groups(*found: dict[str, Any]) -> dict[str, Any]:
    return {"Instances": {"InstanceGroups": list(found)}}


def fleet(*configs: dict[str, Any], **more: Any) -> dict[str, Any]:
    fleet = {"InstanceFleetType": "CORE", "InstanceTypeConfigs": list(configs), **more}
    return {"Instances": {"InstanceFleets": [fleet]}}


def charges(found: CostEstimate) -> list[tuple[str, str, int, float, float | None]]:
    return [(line.name, line.item, line.count, line.quantity, line.usd) for line in found.lines]


def test_every_group_has_its_instances_and_its_fee() -> None:
    found = estimate(groups(group("MASTER", M, 1), group("CORE", R, 2)), PRICES, hours=2.5, typical_hours=0.5)
    assert charges(found) == [
        ("master", "EC2 m.xlarge on demand", 1, 2.5, 0.5),
        ("master", "EMR fee of m.xlarge", 1, 2.5, 0.125),
        ("core", "EC2 r.xlarge on demand", 2, 5.0, 1.5),
        ("core", "EMR fee of r.xlarge", 2, 5.0, 0.35),
    ]
    assert (found.usd, found.usd_per_hour, found.typical_usd) == (2.475, 0.99, 0.495)
    assert (found.hours, found.typical_hours, found.unknown, found.notes) == (2.5, 0.5, [], [NOT_INCLUDED])
    assert (found.region, found.prices_source, found.prices_date) == ("us-east-1", "test", "2026-01-02")


def test_without_history_nothing_is_typical() -> None:
    found = estimate(groups(group("MASTER", M, 1)), PRICES, hours=1)
    assert (found.typical_hours, found.typical_usd, found.simulated) == (None, None, False)


def test_the_request_of_the_workflow_is_understood(flow: RecommenderFlow) -> None:
    request = job_flow(flow.spec.cluster, deployment=flow.deployment)
    assert items(request) == {(service, kind) for service in ("ec2", "emr") for kind in ("m7g.xlarge", "r7g.xlarge")}


def test_a_known_spot_price_counts_and_the_fee_is_whole() -> None:
    request = groups(group("TASK", R, 2, Market="SPOT"))
    found = estimate(request, PRICES, hours=1)
    assert charges(found) == [
        ("task", "EC2 r.xlarge spot", 2, 2.0, 0.2),
        ("task", "EMR fee of r.xlarge", 2, 2.0, 0.14),
    ]
    assert found.notes == [NOT_INCLUDED]
    assert items(request) == {("ec2", R), ("emr", R), ("spot", R)}


def test_without_a_spot_price_the_on_demand_price_bounds_it_and_is_said_to() -> None:
    found = estimate(groups(group("TASK", M, 1, Market="SPOT")), PRICES, hours=1)
    assert charges(found)[0] == ("task", "EC2 m.xlarge on demand", 1, 1.0, 0.2)
    assert found.notes == [SPOT_AT_MOST, NOT_INCLUDED]


def test_stated_volumes_count_by_730_hours_a_month() -> None:
    volume = {"VolumeSpecification": {"VolumeType": "gp3", "SizeInGB": 100}, "VolumesPerInstance": 2}
    ebs = {"EbsConfiguration": {"EbsBlockDeviceConfigs": [volume]}}
    found = estimate(groups(group("CORE", M, 3, **ebs)), PRICES, hours=7.3)
    assert found.lines[2] == CostLine(
        name="core", item="EBS gp3", count=6, quantity=6.0, unit="GB-month", usd_per_unit=0.073, usd=0.438
    )
    assert found.notes == [PROVISIONED, NOT_INCLUDED]


def test_of_a_fleet_the_dearest_type_counts_with_as_many_as_reach_the_target() -> None:
    request = fleet(
        {"InstanceType": M, "WeightedCapacity": 1}, {"InstanceType": C, "WeightedCapacity": 3}, TargetOnDemandCapacity=7
    )
    found = estimate(request, PRICES, hours=1)
    assert charges(found) == [
        ("core", "EC2 m.xlarge on demand", 7, 7.0, 1.4),
        ("core", "EMR fee of m.xlarge", 7, 7.0, 0.35),
    ]
    assert found.notes == [DEAREST, NOT_INCLUDED]
    single = estimate(fleet({"InstanceType": C, "WeightedCapacity": 3}, TargetOnDemandCapacity=7), PRICES, hours=1)
    assert [line.count for line in single.lines] == [3, 3]


def test_both_markets_of_a_fleet_count() -> None:
    found = estimate(fleet({"InstanceType": R}, TargetOnDemandCapacity=1, TargetSpotCapacity=2), PRICES, hours=1)
    assert [line.item for line in found.lines] == [
        "EC2 r.xlarge on demand",
        "EMR fee of r.xlarge",
        "EC2 r.xlarge spot",
        "EMR fee of r.xlarge",
    ]
    assert found.usd == 0.71


def test_a_spot_fleet_that_may_switch_to_on_demand_counts_as_that() -> None:
    specification = {"SpotSpecification": {"TimeoutDurationMinutes": 5, "TimeoutAction": "SWITCH_TO_ON_DEMAND"}}
    found = estimate(
        fleet({"InstanceType": R}, TargetSpotCapacity=2, LaunchSpecifications=specification), PRICES, hours=1
    )
    assert charges(found)[0] == ("core", "EC2 r.xlarge on demand", 2, 2.0, 0.6)


def test_a_fleet_with_a_type_of_unknown_price_has_no_known_bound() -> None:
    found = estimate(
        fleet({"InstanceType": M}, {"InstanceType": "z.xlarge"}, TargetOnDemandCapacity=1), PRICES, hours=1
    )
    assert [line.item for line in found.lines] == ["EC2 m.xlarge on demand", "EMR fee of m.xlarge"]
    assert found.unknown == ["EC2 z.xlarge on demand", "EMR fee of z.xlarge"]


def test_the_old_counts_are_one_primary_and_the_rest_core() -> None:
    request = {"Instances": {"MasterInstanceType": M, "SlaveInstanceType": R, "InstanceCount": 3}}
    found = estimate(request, PRICES, hours=1)
    assert [(line.name, line.count) for line in found.lines] == [("master", 1), ("master", 1), ("core", 2), ("core", 2)]


def test_what_has_no_price_is_named_once_and_never_guessed() -> None:
    found = estimate(groups(group("MASTER", "z.xlarge", 1), group("CORE", "z.xlarge", 2)), PRICES, hours=1)
    assert [line.usd for line in found.lines] == [None] * 4
    assert (found.usd, found.unknown) == (0.0, ["EC2 z.xlarge on demand", "EMR fee of z.xlarge"])


def test_a_cluster_that_may_grow_has_no_known_bound() -> None:
    request = groups(group("CORE", M, 1, AutoScalingPolicy={}))
    request["ManagedScalingPolicy"] = {"ComputeLimits": {"UnitType": "Instances", "MaximumCapacityUnits": 9}}
    assert estimate(request, PRICES, hours=1).unknown == [
        "managed scaling up to 9 Instances",
        "automatic scaling of core",
    ]


def test_a_budget_that_is_not_exceeded_lets_through() -> None:
    found = estimate(groups(group("MASTER", M, 1)), PRICES, hours=4)
    check_budget(found, 1.0)
    check_budget(found, None)


def test_a_budget_that_is_exceeded_refuses() -> None:
    found = estimate(groups(group("MASTER", M, 1), group("CORE", R, 2)), PRICES, hours=2.5)
    with pytest.raises(PenstockError) as caught:
        check_budget(found, 2.0)
    assert str(caught.value) == (
        "The cluster may cost $2.48 ($0.9900 an hour for up to 2.5 hours), the budget is $2.00. "
        "Ask for fewer or smaller instances, shorten the timeouts, or raise the budget."
    )


def test_a_budget_refuses_what_has_no_known_price() -> None:
    found = estimate(groups(group("MASTER", "z.xlarge", 1)), PRICES, hours=1)
    check_budget(found, None)
    with pytest.raises(PenstockError) as caught:
        check_budget(found, 100)
    assert str(caught.value) == (
        "The budget of $100.00 cannot be kept: no price in us-east-1 of EC2 z.xlarge on demand, EMR fee of z.xlarge "
        "(test). Let the connection call pricing:GetProducts, add the price to dags/workflow/prices/prices.csv, "
        "choose another instance type, or remove the budget."
    )
