"""What a cluster may cost, and who says no to it, before it is asked for."""

from collections.abc import Callable
from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.sdk.exceptions import AirflowFailException

from penstock.cost import CostEstimate
from workflow.compute.costing import plan_cluster
from workflow.compute.transient import request
from workflow.recommender.flow import RecommenderFlow
from workflow.storage import read_document

URI = "s3://costing/estimate.json"
Plan = Callable[..., float]


@pytest.fixture
def plan(emr: dict[str, Any], flow: RecommenderFlow) -> Plan:
    if not S3Hook(**emr).check_for_bucket("costing"):
        S3Hook(**emr).create_bucket("costing")

    def run(*, hours: float = 2, budget_usd: float | None = None, public_subnets: bool = True) -> float:
        limits = {"budget_usd": budget_usd, "public_subnets": public_subnets}
        usd: float = plan_cluster.function(request(flow), hours=hours, limits=limits, document_uri=URI, aws=emr)
        return usd

    return run


def test_the_estimate_is_written_down_whatever_the_budget_says(plan: Plan, emr: dict[str, Any]) -> None:
    with pytest.raises(AirflowFailException, match=r"for up to 2 hours\), the budget is \$0\.0100\. Ask for fewer"):
        plan(budget_usd=0.01)
    estimate = read_document(CostEstimate, URI, emr)
    assert (estimate.hours, estimate.simulated, estimate.region) == (2, True, "us-east-1")
    assert {(line.name, line.count) for line in estimate.lines} == {("master", 1), ("core", 2)}


def test_what_has_no_price_keeps_to_no_budget(plan: Plan, emr: dict[str, Any]) -> None:
    assert plan() == read_document(CostEstimate, URI, emr).usd > 0
    with pytest.raises(AirflowFailException, match=r"budget of \$1,000\.00 cannot be kept: no price in us-east-1 of"):
        plan(budget_usd=1000)


def test_a_subnet_that_cannot_be_looked_at_is_no_reason_to_refuse(plan: Plan, caplog: pytest.LogCaptureFixture) -> None:
    """The request names a subnet that is not there."""
    assert plan(public_subnets=False) > 0
    assert "Whether subnet-0a is a public subnet cannot be asked" in caplog.text
