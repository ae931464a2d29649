"""Hours and amounts as AWS bills them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from penstock.cost import Cost
from workflow.cost.actual import SO_FAR, SPOT_NOW, STARTED, Usage, actual, billed_seconds
from workflow.cost.metered import ServerlessRun, dpu_hours
from workflow.cost.prices import NOT_INCLUDED, SPOT_AT_MOST, Prices

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NOW = START + timedelta(hours=10)
PRICES = Prices(
    region="us-east-1",
    source="test",
    date="2026-01-02",
    usd={
        ("ec2", "m.xlarge"): 0.2,
        ("emr", "m.xlarge"): 0.05,
        ("spot", "m.xlarge"): 0.08,
        ("ec2", "r.xlarge"): 0.3,
        ("emr", "r.xlarge"): 0.07,
        ("glue", "DPU"): 0.44,
        ("glue", "flexible DPU"): 0.29,
        ("emr_serverless", "ARM64 vCPU"): 0.04,
        ("emr_serverless", "ARM64 memory GB"): 0.005,
        ("emr_serverless", "storage GB"): 0.0001,
    },
)


def instance(kind: str, seconds: float | None, *, market: str = "ON_DEMAND", start: datetime = START) -> dict[str, Any]:
    timeline = {"CreationDateTime": start, "ReadyDateTime": start}
    if seconds is not None:
        timeline["EndDateTime"] = start + timedelta(seconds=seconds)
    return {"InstanceType": kind, "Market": market, "Status": {"State": "TERMINATED", "Timeline": timeline}}


def charges(found: Cost) -> list[tuple[str, str, int, float, float | None]]:
    return [(line.name, line.item, line.count, line.quantity, line.usd) for line in found.lines]


@pytest.mark.parametrize(("lived", "billed"), [(0, 60), (59.9, 60), (60, 60), (60.1, 61), (3600, 3600)])
def test_an_instance_is_billed_by_the_second_and_for_a_minute_at_least(lived: float, billed: int) -> None:
    assert billed_seconds(instance("m.xlarge", lived), NOW) == billed


def test_an_instance_that_was_never_made_is_not_billed() -> None:
    waiting = {"InstanceType": "m.xlarge", "Status": {"State": "AWAITING_FULFILLMENT", "Timeline": {}}}
    found = actual(Usage(clusters={"j-1": [waiting]}), PRICES, now=NOW)
    assert (found.lines, found.usd, found.final) == ([], 0.0, True)


def test_clusters_are_the_sum_of_their_instances_lost_and_replaced_ones_included() -> None:
    lost = instance("r.xlarge", 1800)
    replacement = instance("r.xlarge", 1800, start=START + timedelta(seconds=1800))
    usage = Usage(clusters={"j-1": [instance("m.xlarge", 3600), lost, replacement], "j-2": [instance("m.xlarge", 36)]})
    found = actual(usage, PRICES, now=NOW)
    assert charges(found) == [
        ("j-1", "EC2 m.xlarge on demand", 1, 1.0, 0.2),
        ("j-1", "EMR fee of m.xlarge", 1, 1.0, 0.05),
        ("j-1", "EC2 r.xlarge on demand", 2, 1.0, 0.3),
        ("j-1", "EMR fee of r.xlarge", 2, 1.0, 0.07),
        ("j-2", "EC2 m.xlarge on demand", 1, 0.016667, 0.003333),
        ("j-2", "EMR fee of m.xlarge", 1, 0.016667, 0.000833),
    ]
    assert (found.usd, found.clusters, found.final) == (0.624166, ["j-1", "j-2"], True)
    assert (found.unknown, found.notes, found.simulated) == ([], [STARTED, NOT_INCLUDED], False)


def test_an_instance_without_an_end_counts_until_now_and_the_cost_is_not_final() -> None:
    found = actual(Usage(clusters={"j-1": [instance("m.xlarge", None)]}), PRICES, now=NOW, simulated=True)
    assert charges(found)[0] == ("j-1", "EC2 m.xlarge on demand", 1, 10.0, 2.0)
    assert (found.final, found.simulated, found.notes) == (False, True, [SO_FAR, STARTED, NOT_INCLUDED])


def test_spot_instances_at_the_spot_price_if_there_is_one() -> None:
    usage = Usage(
        clusters={"j-1": [instance("m.xlarge", 3600, market="SPOT"), instance("r.xlarge", 3600, market="SPOT")]}
    )
    found = actual(usage, PRICES, now=NOW)
    assert [(line.item, line.usd) for line in found.lines] == [
        ("EC2 m.xlarge spot", 0.08),
        ("EMR fee of m.xlarge", 0.05),
        ("EC2 r.xlarge on demand", 0.3),
        ("EMR fee of r.xlarge", 0.07),
    ]
    assert found.notes == [STARTED, SPOT_AT_MOST, SPOT_NOW, NOT_INCLUDED]
    assert usage.items == {(kind, name) for kind in ("ec2", "emr", "spot") for name in ("m.xlarge", "r.xlarge")}


def test_a_type_without_a_price_is_named() -> None:
    found = actual(Usage(clusters={"j-1": [instance("z.xlarge", 60)]}), PRICES, now=NOW)
    assert (found.usd, found.unknown) == (0.0, ["EC2 z.xlarge on demand", "EMR fee of z.xlarge"])


def glue(**values: Any) -> dict[str, Any]:
    return {"JobName": "clean", "Id": "jr_1", "JobRunState": "SUCCEEDED", "GlueVersion": "5.1", **values}


@pytest.mark.parametrize(
    ("run", "hours"),
    [
        (glue(ExecutionTime=1800, WorkerType="G.1X", NumberOfWorkers=2, MaxCapacity=2.0), 1.0),
        (glue(ExecutionTime=900, WorkerType="G.025X", NumberOfWorkers=2), 0.125),
        (glue(ExecutionTime=1, WorkerType="G.2X", NumberOfWorkers=3), 0.1),
        (glue(ExecutionTime=1800, MaxCapacity=10.0), 5.0),
        (glue(ExecutionTime=1800, WorkerType="G.1X", NumberOfWorkers=10, DPUSeconds=7200.0), 2.0),
        (glue(ExecutionTime=0, WorkerType="G.1X", NumberOfWorkers=2), 0.0),
    ],
    ids=["time by workers", "quarter workers", "a minute at least", "capacity", "metered", "never started"],
)
def test_dpu_hours(run: dict[str, Any], hours: float) -> None:
    assert dpu_hours(run) == pytest.approx(hours, abs=1e-12)


def test_glue_runs_are_lines_of_their_own() -> None:
    usual = glue(ExecutionTime=1800, WorkerType="G.1X", NumberOfWorkers=2)
    flexible = glue(Id="jr_2", ExecutionClass="FLEX", DPUSeconds=3600.0, WorkerType="G.1X", NumberOfWorkers=2)
    found = actual(Usage(glue=[usual, flexible]), PRICES, now=NOW)
    assert charges(found) == [
        ("clean jr_1", "Glue DPU", 1, 1.0, 0.44),
        ("clean jr_2", "Glue flexible DPU", 1, 1.0, 0.29),
    ]
    assert (found.usd, found.final, found.clusters) == (0.73, True, [])


def test_glue_6_and_workers_of_unknown_size_have_prices_of_their_own() -> None:
    newer = glue(ExecutionTime=3600, WorkerType="G.1X", NumberOfWorkers=1, GlueVersion="6.0")
    memory = glue(ExecutionTime=3600, WorkerType="R.1X", NumberOfWorkers=1)
    found = actual(Usage(glue=[newer, memory]), PRICES, now=NOW)
    assert found.unknown == ["Glue second-generation DPU", "Glue worker R.1X"]


def test_a_running_job_run_is_not_final() -> None:
    assert not actual(Usage(glue=[glue(JobRunState="RUNNING", ExecutionTime=0)]), PRICES, now=NOW).final


def test_serverless_runs_cost_what_aws_billed() -> None:
    run = {
        "jobRunId": "00f",
        "name": "train",
        "state": "SUCCESS",
        "billedResourceUtilization": {"vCPUHour": 2.0, "memoryGBHour": 8.0, "storageGBHour": 10.0},
        "totalResourceUtilization": {"vCPUHour": 1.9, "memoryGBHour": 7.9, "storageGBHour": 50.0},
    }
    usage = Usage(serverless=[ServerlessRun(run=run, architecture="ARM64")])
    found = actual(usage, PRICES, now=NOW)
    assert charges(found) == [
        ("train 00f", "EMR Serverless ARM64 vCPU", 1, 2.0, 0.08),
        ("train 00f", "EMR Serverless ARM64 memory GB", 1, 8.0, 0.04),
        ("train 00f", "EMR Serverless storage GB", 1, 10.0, 0.001),
    ]
    assert found.usd == 0.121
    assert usage.items == {("emr_serverless", name) for name in ("ARM64 vCPU", "ARM64 memory GB", "storage GB")}


def test_until_it_is_billed_a_serverless_run_costs_what_it_used() -> None:
    run = {"jobRunId": "00f", "state": "RUNNING", "totalResourceUtilization": {"vCPUHour": 1.0}}
    found = actual(Usage(serverless=[ServerlessRun(run=run, architecture="ARM64")]), PRICES, now=NOW)
    assert (found.usd, found.final) == (0.04, False)
