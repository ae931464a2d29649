"""Whether a subnet is open to the internet: clusters belong into private ones."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from penstock.errors import DeploymentError

if TYPE_CHECKING:
    from collections.abc import Sequence

log = logging.getLogger(__name__)


def refuse_public(ec2: Any, subnet_ids: Sequence[str]) -> None:
    """Raise DeploymentError for a subnet with a route to an internet gateway; a refused question is only logged."""
    for subnet_id in subnet_ids:
        try:
            gateway = internet_gateway(ec2, subnet_id)
        except (ClientError, BotoCoreError) as error:
            log.warning("Whether %s is a public subnet cannot be asked: %s", subnet_id, error)
            continue
        if gateway:
            raise DeploymentError(
                f"Subnet {subnet_id} is public: its routes lead to {gateway}. Put a private subnet with endpoints for "
                "S3 and EMR into the deployment's subnet_ids, or waive the rule in the spec: "
                "cluster.waive: [public_subnet]"
            )


def internet_gateway(ec2: Any, subnet_id: str) -> str | None:
    """The internet gateway that a subnet's route table, its own or its VPC's main one, leads to."""
    tables = _tables(ec2, "association.subnet-id", subnet_id)
    if not tables:
        (subnet,) = ec2.describe_subnets(SubnetIds=[subnet_id])["Subnets"]
        tables = [each for each in _tables(ec2, "vpc-id", subnet["VpcId"]) if _is_main(each)]
    gateways = [route.get("GatewayId", "") for table in tables for route in table["Routes"]]
    return next((each for each in gateways if each.startswith("igw-")), None)


def _tables(ec2: Any, name: str, value: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ec2.describe_route_tables(Filters=[{"Name": name, "Values": [value]}])["RouteTables"]
    return found


def _is_main(table: dict[str, Any]) -> bool:
    return any(each.get("Main") for each in table.get("Associations", []))
