"""What is wrong with a RunJobFlow request, found when the DAG is parsed and not when the bill comes.

Shape: botocore's own model of the API. Sense: rules with names, so that a spec can waive one on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.validate import ParamValidator

from penstock.errors import SpecError

Request = Mapping[str, Any]

PREVIOUS_GENERATIONS = re.compile(r"^(a1|c[1-4]|d2|g2|g3s?|i2|m[1-4]|p2|r[34])\.")
"""EC2's families before Nitro and the first of Arm, which AWS counts as previous generations."""
BURSTABLE = re.compile(r"^t[1-4][a-z]*\.")
"""EMR offers no T family (EMR management guide, "Supported instance types")."""
SHORTEST_IDLE, LONGEST_IDLE = 60, 604_800
"""Seconds that AutoTerminationPolicy.IdleTimeout takes (EMR API reference)."""


def refuse_flawed(request: Request, *, waived: Collection[str] = (), where: str) -> None:
    """Raise SpecError with every problem of the request, one per line."""
    problems = [*shape_problems(request), *sense_problems(request, waived=waived)]
    if problems:
        raise SpecError(f"{where}: this is no cluster to ask for\n" + "\n".join(f"  {each}" for each in problems))


def shape_problems(request: Request) -> list[str]:
    """What the API would refuse."""
    report = ParamValidator().validate(dict(request), _shape()).generate_report()
    return [str(line) for line in report.splitlines()]


def sense_problems(request: Request, *, waived: Collection[str] = ()) -> list[str]:
    """What the API would take, and nobody wants; rules in `waived` are left out."""
    return [f"{problem} [{rule}]" for rule, look in RULES.items() if rule not in waived for problem in look(request)]


def _log_uri(request: Request) -> Iterator[str]:
    if not request.get("LogUri"):
        yield "LogUri is missing: nobody could say why a step failed"


def _idle(request: Request) -> Iterator[str]:
    idle = request.get("AutoTerminationPolicy", {}).get("IdleTimeout")
    if idle is None:
        yield "AutoTerminationPolicy is missing: a cluster that Airflow loses sight of would run for ever"
    elif not SHORTEST_IDLE <= idle <= LONGEST_IDLE:
        yield f"AutoTerminationPolicy.IdleTimeout is {idle} s; EMR takes {SHORTEST_IDLE} to {LONGEST_IDLE:,}"


def _outdated(request: Request) -> Iterator[str]:
    for role, kind, _ in _nodes(request):
        if PREVIOUS_GENERATIONS.match(kind):
            yield f"{role} {kind} is of a previous generation: a current one (m7g, r7g, c7g, m7i) does more for less"
        if BURSTABLE.match(kind):
            yield f"{role} {kind} is burstable: EMR does not offer it, and Spark would use up its credits"


def _spot(request: Request) -> Iterator[str]:
    for role, kind, market in _nodes(request):
        if role in {"MASTER", "CORE"} and market == "SPOT":
            loses = "the cluster" if role == "MASTER" else "HDFS blocks and shuffle files"
            yield f"{role} {kind} is a spot instance: AWS takes it back with two minutes' notice, and with it {loses}"


def _nodes(request: Request) -> Iterator[tuple[str, str, str]]:
    """Role, instance type and market of every group, and of every type of a fleet."""
    instances = request.get("Instances", {})
    for group in instances.get("InstanceGroups", []):
        yield group.get("InstanceRole", ""), group.get("InstanceType", ""), group.get("Market", "ON_DEMAND")
    for fleet in instances.get("InstanceFleets", []):
        market = "SPOT" if fleet.get("TargetSpotCapacity") else "ON_DEMAND"
        for each in fleet.get("InstanceTypeConfigs", []):
            yield fleet.get("InstanceFleetType", ""), each.get("InstanceType", ""), market


RULES: dict[str, Callable[[Request], Iterator[str]]] = {
    "log_uri": _log_uri,
    "auto_termination": _idle,
    "outdated_instance": _outdated,
    "spot_primary_or_core": _spot,
}


@cache
def _shape() -> Any:
    return botocore.session.get_session().get_service_model("emr").operation_model("RunJobFlow").input_shape
