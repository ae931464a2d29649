"""AWS's answers, read."""

from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from workflow.cost.price_list import OFFERS, on_demand, read_offer, read_prices, spot_prices


@pytest.fixture
def pricing(price_list: Any) -> Any:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client("pricing", region_name="us-east-1", endpoint_url=price_list.url, **keys)


def test_an_instance_is_linux_on_shared_hardware_in_its_region(pricing: Any, price_list: Any) -> None:
    assert read_prices(pricing, "eu-west-1", {("ec2", "m7g.xlarge")}) == {("ec2", "m7g.xlarge"): 0.1819}
    (asked,) = price_list.asked
    assert (asked["ServiceCode"], {term["Field"]: term["Value"] for term in asked["Filters"]}) == (
        "AmazonEC2",
        {
            "operatingSystem": "Linux",
            "tenancy": "Shared",
            "preInstalledSw": "NA",
            "capacitystatus": "Used",
            "licenseModel": "No License required",
            "regionCode": "eu-west-1",
            "locationType": "AWS Region",
            "instanceType": "m7g.xlarge",
        },
    )


def test_the_fee_is_emrs_own(pricing: Any) -> None:
    assert read_prices(pricing, "eu-west-1", {("emr", "m7g.xlarge")}) == {("emr", "m7g.xlarge"): 0.0455}


def test_what_the_list_does_not_have_is_left_out(pricing: Any) -> None:
    assert (
        read_prices(pricing, "eu-west-1", {("ec2", "z.xlarge"), ("glue", "flexible DPU"), ("spot", "m7g.xlarge")}) == {}
    )


def test_all_pages_are_read(pricing: Any, price_list: Any) -> None:
    assert read_offer(pricing, "eu-west-1", "emr_serverless") == {
        ("emr_serverless", "X86_64 vCPU"): 0.052624,
        ("emr_serverless", "X86_64 memory GB"): 0.0057785,
        ("emr_serverless", "ARM64 vCPU"): 0.042099,
        ("emr_serverless", "storage GB"): 0.000122,
    }
    assert len(price_list.asked) == 2


def test_meters_are_told_apart_by_the_end_of_their_usage_type(pricing: Any) -> None:
    wanted = {("glue", "DPU"), ("glue", "second-generation DPU"), ("ebs", "gp3")}
    assert read_prices(pricing, "eu-west-1", wanted) == {
        ("glue", "DPU"): 0.44,
        ("glue", "second-generation DPU"): 0.308,
        ("ebs", "gp3"): 0.088,
    }


@pytest.mark.parametrize(
    ("usage", "name"),
    [
        ("ETL-DPU-Hour", "DPU"),
        ("USE1-ETL-DPU-Hour", "DPU"),
        ("USE1-ETL-Flex-DPU-Hour", "flexible DPU"),
        ("USE1-METL-DPU-Hour", None),
        ("USE1-Crawler-DPU-Hour", None),
    ],
)
def test_usage_types_with_and_without_a_region(usage: str, name: str | None) -> None:
    assert OFFERS["glue"].name({"usagetype": usage}) == name


def test_a_product_without_an_on_demand_price_has_none() -> None:
    assert on_demand({"terms": {"Reserved": {}}}) is None
    yuan = {"priceDimensions": {"x": {"pricePerUnit": {"CNY": "1.0"}}}}
    assert on_demand({"terms": {"OnDemand": {"x": yuan}}}) is None


def test_the_spot_price_is_the_dearest_zones() -> None:
    client = boto3.client("ec2", region_name="eu-west-1", aws_access_key_id="test", aws_secret_access_key="test")
    history = [
        {"InstanceType": "m7g.xlarge", "SpotPrice": "0.060000", "AvailabilityZone": "eu-west-1a"},
        {"InstanceType": "m7g.xlarge", "SpotPrice": "0.071000", "AvailabilityZone": "eu-west-1b"},
        {"InstanceType": "m7g.xlarge", "SpotPrice": "0.065000", "AvailabilityZone": "eu-west-1c"},
        {"InstanceType": "r7g.xlarge", "SpotPrice": "0.080000", "AvailabilityZone": "eu-west-1a"},
    ]
    expected = {
        "InstanceTypes": ["m7g.xlarge", "r7g.xlarge"],
        "ProductDescriptions": ["Linux/UNIX"],
        "StartTime": ANY,
    }
    with Stubber(client) as stub:
        stub.add_response("describe_spot_price_history", {"SpotPriceHistory": history}, expected)
        found = spot_prices(client, {"r7g.xlarge", "m7g.xlarge"})
    assert found == {("spot", "m7g.xlarge"): 0.071, ("spot", "r7g.xlarge"): 0.08}


def test_nothing_is_asked_without_spot_instances() -> None:
    assert spot_prices(None, set()) == {}
