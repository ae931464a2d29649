"""Where the prices of a run come from: AWS if the connection may ask it, else the snapshot."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from workflow.cost.price_list import API_REGION, read_prices, spot_prices
from workflow.cost.prices import Prices
from workflow.cost.snapshot import snapshot

if TYPE_CHECKING:
    from collections.abc import Collection

    from workflow.cost.prices import Item

AWS_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")
PATIENCE = Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 2})
"""In a network without a way out the price list does not answer, and a run must not wait for it."""
log = logging.getLogger(__name__)


def find_prices(wanted: Collection[Item], *, aws_conn_id: str | None, region_name: str) -> Prices:
    """The prices of `wanted`, with spot prices where they can be had; what has none is left out.

    A connection to a local AWS asks nobody. No price list: the snapshot. No spot price: none, said in the documents.
    """
    if is_simulated(aws_conn_id=aws_conn_id, region_name=region_name):
        return snapshot(region_name)
    try:
        client = client_of("pricing", aws_conn_id, API_REGION)
        usd = read_prices(client, region_name, wanted)
    except (BotoCoreError, ClientError) as error:
        log.warning("AWS's price list cannot be read, so the snapshot's prices are used: %s", error)
        prices = snapshot(region_name)
    else:
        today = datetime.now(UTC).date().isoformat()
        prices = Prices(region=region_name, source="AWS Price List API", date=today if usd else "", usd=usd)
    return _with_spot(prices, wanted, aws_conn_id)


def is_simulated(*, aws_conn_id: str | None, region_name: str) -> bool:
    """Whether the connection leads to something else than AWS, such as the local AWS: nothing is billed there."""
    hook = AwsBaseHook(client_type="emr", aws_conn_id=aws_conn_id, region_name=region_name)
    endpoint = hook.conn_config.get_service_endpoint_url("emr")
    return endpoint is not None and not (urlsplit(endpoint).hostname or "").endswith(AWS_DOMAINS)


def _with_spot(prices: Prices, wanted: Collection[Item], aws_conn_id: str | None) -> Prices:
    types = {name for service, name in wanted if service == "spot"}
    try:
        found = spot_prices(client_of("ec2", aws_conn_id, prices.region), types) if types else {}
    except (BotoCoreError, ClientError) as error:
        log.warning("Spot prices cannot be read, so spot instances count at the on-demand price: %s", error)
        return prices
    return replace(prices, usd={**prices.usd, **found})


def client_of(service: str, aws_conn_id: str | None, region_name: str) -> Any:
    """A client that gives up early; without a connection, with the credentials that boto3 finds."""
    hook = AwsBaseHook(client_type=service, aws_conn_id=aws_conn_id, region_name=region_name)
    return hook.get_client_type(config=PATIENCE)
