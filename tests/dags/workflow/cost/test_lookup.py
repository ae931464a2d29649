"""AWS is asked where the connection leads to it and may ask; else the snapshot answers, and says so."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from workflow.cost.lookup import find_prices, is_simulated
from workflow.cost.snapshot import snapshot

M7G = {("ec2", "m7g.xlarge"), ("emr", "m7g.xlarge")}
AWS = {"aws_conn_id": "penstock_cost", "region_name": "eu-west-1"}


def connect(monkeypatch: pytest.MonkeyPatch, **extra: Any) -> None:
    connection = {"conn_type": "aws", "login": "test", "password": "test", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_PENSTOCK_COST", json.dumps(connection))


def endpoints(**urls: str) -> dict[str, Any]:
    return {"service_config": {service: {"endpoint_url": url} for service, url in urls.items()}}


def test_the_price_list_is_asked_through_the_connection(price_list: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, **endpoints(pricing=price_list.url))
    found = find_prices(M7G | {("emr", "z.xlarge"), ("glue", "DPU")}, **AWS)
    assert found.usd == {("ec2", "m7g.xlarge"): 0.1819, ("emr", "m7g.xlarge"): 0.0455, ("glue", "DPU"): 0.44}
    assert (found.region, found.source) == ("eu-west-1", "AWS Price List API")
    assert found.date == datetime.now(UTC).date().isoformat()


def test_a_connection_that_may_not_ask_falls_back_to_the_snapshot(
    price_list: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    price_list.denied = True
    connect(monkeypatch, **endpoints(pricing=price_list.url))
    with caplog.at_level(logging.WARNING, "workflow.cost.lookup"):
        assert find_prices(M7G, **AWS) == snapshot("eu-west-1")
    assert len(price_list.asked) == 1
    assert "AccessDeniedException" in caplog.text


@pytest.mark.usefixtures("_localhost")
def test_an_endpoint_that_does_not_answer_falls_back_to_the_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, **endpoints(pricing="http://127.0.0.1:1"))
    assert find_prices(M7G, **AWS) == snapshot("eu-west-1")


def test_spot_prices_are_asked_of_ec2(price_list: Any, moto_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, **endpoints(pricing=price_list.url, ec2=moto_url))
    found = find_prices(M7G | {("spot", "m7g.xlarge")}, **AWS)
    assert found.usd == {("ec2", "m7g.xlarge"): 0.1819, ("emr", "m7g.xlarge"): 0.0455, ("spot", "m7g.xlarge"): 0.00001}


def test_without_spot_prices_the_others_stay(price_list: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, **endpoints(pricing=price_list.url, ec2="http://127.0.0.1:1"))
    found = find_prices(M7G | {("spot", "m7g.xlarge")}, **AWS)
    assert set(found.usd) == M7G


def test_a_local_aws_is_asked_nothing(price_list: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, endpoint_url=price_list.url)
    assert find_prices(M7G | {("spot", "m7g.xlarge")}, **AWS) == snapshot("eu-west-1")
    assert price_list.asked == []


@pytest.mark.parametrize(
    ("extra", "simulated"),
    [
        ({}, False),
        ({"endpoint_url": "http://127.0.0.1:8081"}, True),
        ({"endpoint_url": "http://aws.local:8081"}, True),
        ({"endpoint_url": "https://elasticmapreduce.eu-west-1.amazonaws.com"}, False),
        ({"endpoint_url": "https://amazonaws.com.example.org"}, True),
        (endpoints(s3="http://127.0.0.1:8082"), False),
        (endpoints(emr="http://127.0.0.1:8081"), True),
    ],
)
def test_what_counts_as_a_local_aws(extra: dict[str, Any], simulated: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, **extra)
    assert is_simulated(**AWS) is simulated
