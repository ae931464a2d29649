"""AWS's own price list, through its query API (boto3's `pricing`)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from workflow.cost.prices import Item

API_REGION = "us-east-1"
"""Where the API is; it knows the prices of every region (AWS Price List endpoints: us-east-1, eu-central-1, ...)."""
Product = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Offer:
    """How a service's products are found and named."""

    code: str
    filters: Mapping[str, str] = field(default_factory=dict)
    attribute: str = "usagetype"
    """The attribute that names the item."""
    names: Mapping[str, str] = field(default_factory=dict)
    """End of the attribute to the item's name; empty where the attribute is the name."""

    def name(self, attributes: Mapping[str, str]) -> str | None:
        """The item of a product; None for products that are no item of ours."""
        value = attributes.get(self.attribute)
        if value is None or not self.names:
            return value
        # A usage type begins with its region except in us-east-1: `EU-ETL-DPU-Hour`, `ETL-DPU-Hour`.
        return next((name for end, name in self.names.items() if value == end or value.endswith(f"-{end}")), None)


OFFERS = {
    "ec2": Offer(
        code="AmazonEC2",
        filters={
            "operatingSystem": "Linux",
            "tenancy": "Shared",
            "preInstalledSw": "NA",
            "capacitystatus": "Used",
            "licenseModel": "No License required",
        },
        attribute="instanceType",
    ),
    "emr": Offer(
        code="ElasticMapReduce",
        filters={"productFamily": "Elastic Map Reduce Instance", "softwareType": "EMR"},
        attribute="instanceType",
    ),
    "ebs": Offer(code="AmazonEC2", filters={"productFamily": "Storage"}, attribute="volumeApiName"),
    "emr_serverless": Offer(
        code="ElasticMapReduce",
        filters={"productFamily": "EMR Serverless"},
        names={
            "EMR-SERVERLESS-vCPUHours": "X86_64 vCPU",
            "EMR-SERVERLESS-MemoryGBHours": "X86_64 memory GB",
            "EMR-SERVERLESS-ARM-vCPUHours": "ARM64 vCPU",
            "EMR-SERVERLESS-ARM-MemoryGBHours": "ARM64 memory GB",
            "EMR-SERVERLESS-StorageGBHours": "storage GB",
        },
    ),
    "glue": Offer(
        code="AWSGlue",
        names={
            "ETL-DPU-Hour": "DPU",
            "ETL-Flex-DPU-Hour": "flexible DPU",
            "ETL-DPU-Hour-Gen2": "second-generation DPU",
            "ETL-Flex-DPU-Hour-Gen2": "flexible second-generation DPU",
        },
    ),
}
BY_ITEM = frozenset({"ec2", "emr", "ebs"})
"""Services asked for item by item; the others have few enough products to be read whole."""


def read_prices(client: Any, region: str, wanted: Collection[Item]) -> dict[Item, float]:
    """The prices of `wanted` in one region; what the list does not have is left out. Raises botocore's errors."""
    found: dict[Item, float] = {}
    for service, names in sorted(_by_service(wanted).items()):
        asked: list[str | None] = [*sorted(names)] if service in BY_ITEM else [None]
        for name in asked:
            found |= read_offer(client, region, service, name)
    return {item: usd for item, usd in found.items() if item in wanted}


def read_offer(client: Any, region: str, service: str, name: str | None = None) -> dict[Item, float]:
    """The prices of one service, of one item or of all; of two products for one item the dearer, as a bound."""
    offer = OFFERS[service]
    filters = {**offer.filters, "regionCode": region, "locationType": "AWS Region"}
    if name is not None:
        filters[offer.attribute] = name
    found: dict[Item, float] = {}
    for product in _products(client, offer.code, filters):
        known, usd = offer.name(product["product"]["attributes"]), on_demand(product)
        if known is not None and usd:
            found[service, known] = max(usd, found.get((service, known), 0.0))
    return found


def on_demand(product: Product) -> float | None:
    """US dollars per unit without commitment; None where the product has no such price."""
    rates = [
        float(dimension["pricePerUnit"]["USD"])
        for term in product["terms"].get("OnDemand", {}).values()
        for dimension in term["priceDimensions"].values()
        if "USD" in dimension["pricePerUnit"]
    ]
    return max(rates, default=None)


def spot_prices(ec2: Any, instance_types: Collection[str]) -> dict[Item, float]:
    """The current spot price by instance type, of the dearest zone; raises botocore's errors."""
    if not instance_types:
        return {}
    pages = ec2.get_paginator("describe_spot_price_history").paginate(
        InstanceTypes=sorted(instance_types),
        ProductDescriptions=["Linux/UNIX"],
        StartTime=datetime.now(UTC),  # answers with the price of now, one for each zone
    )
    found: dict[Item, float] = {}
    for row in (row for page in pages for row in page["SpotPriceHistory"]):
        item = ("spot", row["InstanceType"])
        found[item] = max(float(row["SpotPrice"]), found.get(item, 0.0))
    return found


def _by_service(wanted: Collection[Item]) -> dict[str, set[str]]:
    return {service: {name for each, name in wanted if each == service} for service, _ in wanted if service in OFFERS}


def _products(client: Any, code: str, filters: Mapping[str, str]) -> Iterator[Product]:
    terms = [{"Type": "TERM_MATCH", "Field": key, "Value": value} for key, value in filters.items()]
    for page in client.get_paginator("get_products").paginate(ServiceCode=code, Filters=terms):
        yield from (json.loads(product) for product in page["PriceList"])
