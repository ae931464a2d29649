"""The shipped prices, and how they are made anew."""

import csv
import re
from datetime import date
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from workflow.cost.price_list import OFFERS
from workflow.cost.prices import Prices
from workflow.cost.renew import CURRENT, renew
from workflow.cost.snapshot import COLUMNS, FILE, snapshot

ROWS = "region,service,item,usd,as_of\nus-east-1,ec2,m7g.xlarge,0.1632,2026-10-08\nus-east-1,ebs,gp3,0.08,2026-09-01\n"
OLD = "eu-west-1,ec2,m7g.xlarge,0.5,2020-01-01\neu-west-1,ec2,gone.xlarge,0.5,2020-01-01\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "prices.csv"
    path.write_text(ROWS + OLD, encoding="utf-8")
    return path


@pytest.fixture
def pricing(price_list: Any) -> Any:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client("pricing", region_name="us-east-1", endpoint_url=price_list.url, **keys)


def test_a_region_has_its_rows_and_the_date_of_the_oldest(file: Path) -> None:
    assert snapshot("us-east-1", file) == Prices(
        region="us-east-1",
        source="snapshot prices.csv",
        date="2026-09-01",
        usd={("ec2", "m7g.xlarge"): 0.1632, ("ebs", "gp3"): 0.08},
    )


def test_a_region_without_rows_has_no_prices(file: Path) -> None:
    assert snapshot("xx-north-9", file) == Prices(region="xx-north-9", source="snapshot prices.csv", date="")


def test_the_shipped_rows_are_dated_prices_of_known_services_each_once() -> None:
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {tuple(row) for row in rows} == {COLUMNS}
    assert {row["service"] for row in rows} <= set(OFFERS)
    assert all(0 < float(row["usd"]) < 100 and date.fromisoformat(row["as_of"]) for row in rows)
    keys = [(row["region"], row["service"], row["item"]) for row in rows]
    assert keys == sorted(set(keys))


def test_the_shipped_prices_hold_what_aws_published() -> None:
    usd = snapshot("us-east-1").usd
    assert (usd["ec2", "m7g.xlarge"], usd["ec2", "r7g.xlarge"], usd["glue", "DPU"]) == (0.1632, 0.2142, 0.44)
    assert (usd["emr_serverless", "X86_64 vCPU"], usd["emr", "m5.xlarge"]) == (0.052624, 0.048)


def test_the_readme_has_a_source_for_every_date() -> None:
    with FILE.open(encoding="utf-8", newline="") as file:
        dates = {row["as_of"] for row in csv.DictReader(file)}
    told = set(re.findall(r"\d{4}-\d\d-\d\d \|", (FILE.parent / "README.md").read_text(encoding="utf-8")))
    assert {each.removesuffix(" |") for each in told} == dates


def test_renewing_replaces_a_region_and_keeps_the_others(file: Path, pricing: Any) -> None:
    assert renew(pricing, ["eu-west-1"], file, today="2026-11-21") == 9
    text = file.read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("eu-west-1")] == [
        "eu-west-1,ebs,gp3,0.088,2026-11-21",
        "eu-west-1,ec2,m7g.xlarge,0.1819,2026-11-21",
        "eu-west-1,emr,m7g.xlarge,0.0455,2026-11-21",
        "eu-west-1,emr_serverless,ARM64 vCPU,0.042099,2026-11-21",
        "eu-west-1,emr_serverless,X86_64 memory GB,0.0057785,2026-11-21",
        "eu-west-1,emr_serverless,X86_64 vCPU,0.052624,2026-11-21",
        "eu-west-1,emr_serverless,storage GB,0.000122,2026-11-21",
        "eu-west-1,glue,DPU,0.44,2026-11-21",
        "eu-west-1,glue,second-generation DPU,0.308,2026-11-21",
    ]
    assert snapshot("us-east-1", file).usd == {("ec2", "m7g.xlarge"): 0.1632, ("ebs", "gp3"): 0.08}


def test_renewing_without_permission_changes_nothing(file: Path, pricing: Any, price_list: Any) -> None:
    price_list.denied = True
    with pytest.raises(ClientError, match="AccessDeniedException"):
        renew(pricing, ["eu-west-1"], file, today="2026-11-21")
    assert file.read_text(encoding="utf-8") == ROWS + OLD


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        ("m5.xlarge", True),
        ("r8g.xlarge", True),
        ("i3en.xlarge", True),
        ("x2idn.16xlarge", True),
        ("g4dn.xlarge", True),
        ("m4.xlarge", False),
        ("t4g.large", False),
        ("x1.16xlarge", False),
        ("d3.xlarge", False),
    ],
)
def test_families_that_a_renewed_snapshot_holds(kind: str, kept: bool) -> None:
    assert bool(CURRENT.match(kind)) is kept
