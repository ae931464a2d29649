"""From a size to nodes, hours and dollars."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from penstock.spark_settings import MIB, Nodes, nodes
from tools.capacity.limits import Limit, limits
from tools.capacity.stages import STAGES, Size, Stage
from tools.errors import UNUSABLE, ToolError
from tools.settings import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

PRICES = REPOSITORY / "dags" / "workflow" / "prices" / "prices.csv"
HOUR = 3600
ENGINES = {"mllib": "training", "implicit": "training, implicit"}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One job on the cluster."""

    stage: str
    core_hours: float
    hours: float
    gigabytes: float
    """Of all workers together, if nothing is to be spilled."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a size asks for on one type of instance."""

    size: Size
    instance: str
    region: str
    core_nodes: int
    """Beside one primary node of the same type."""
    why: str
    """What decided the number of nodes."""
    hours: float
    steps: list[Step]
    usd: float | None
    """EC2 on demand and EMR's fee for all nodes; None if no price is known at all."""
    unpriced: list[str]
    """What has no known price, so that `usd` is the least."""
    limits: list[Limit]


def plan(size: Size, *, instance: str, region: str, within_hours: float, engine: str = "mllib") -> Plan:
    """The fewest core nodes with which all jobs, one after the other, end in time and spill nothing."""
    one = nodes(instance, 1)
    if one is None:
        raise ToolError(f"{instance}: expected a type of families c, m, r or i, such as m7g.2xlarge", status=UNUSABLE)
    stages = _stages(size, engine)
    together = [each for each in stages if not each.alone]
    fixed = sum(each.seconds(size, one.vcpus) if each.alone else each.start for each in stages)
    left = within_hours * HOUR - fixed
    if left <= 0:
        raise ToolError(f"{within_hours:g} hours: the jobs' start and what one node does alone take {fixed / HOUR:.2f}")
    by_time = math.ceil(sum(each.work(size) for each in together) / left / one.vcpus)
    by_memory = math.ceil(max(each.memory(size) for each in together) / (one.yarn_mib * MIB))
    count = max(1, by_time, by_memory)
    cores = count * one.vcpus
    steps = [_step(each, size, one.vcpus if each.alone else cores) for each in stages]
    hours = sum(each.hours for each in steps)
    usd, unpriced = _dollars(instance, region, (count + 1) * hours)
    return Plan(
        size=size,
        instance=instance,
        region=region,
        core_nodes=count,
        why="time" if by_time >= by_memory else "memory",
        hours=hours,
        steps=steps,
        usd=usd,
        unpriced=unpriced,
        limits=limits(size, Nodes(vcpus=one.vcpus, memory_mib=one.memory_mib, count=count), cores=cores),
    )


def _stages(size: Size, engine: str) -> list[Stage]:
    if engine not in ENGINES:
        raise ToolError(f"engine {engine}: expected {' or '.join(ENGINES)}", status=UNUSABLE)
    names = ["ETL", ENGINES[engine], "evaluation", "scoring", *(["prediction"] if size.records else [])]
    return [STAGES[each] for each in names]


def _step(stage: Stage, size: Size, cores: int) -> Step:
    return Step(
        stage=stage.name,
        core_hours=stage.work(size) / HOUR,
        hours=stage.seconds(size, cores) / HOUR,
        gigabytes=stage.memory(size) / 1e9,
    )


def _dollars(instance: str, region: str, node_hours: float, path: Path = PRICES) -> tuple[float | None, list[str]]:
    """From the snapshot that ships, which knows few prices: what it lacks is named, never guessed."""
    with path.open(encoding="utf-8", newline="") as file:
        known = {
            row["service"]: float(row["usd"])
            for row in csv.DictReader(file)
            if (row["region"], row["item"]) == (region, instance)
        }
    names = {"ec2": f"EC2 {instance}", "emr": f"EMR fee of {instance}"}
    unpriced = [f"{name} in {region}" for service, name in names.items() if service not in known]
    prices = [known[service] for service in names if service in known]
    return (node_hours * sum(prices) if prices else None), unpriced
