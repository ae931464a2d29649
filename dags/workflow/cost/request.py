"""The instances that a RunJobFlow request asks for, from groups, fleets or the old counts alike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workflow.cost.prices import ON_DEMAND, SPOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workflow.cost.prices import Item

Request = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Volumes:
    """EBS volumes of one instance that the request states."""

    type: str
    gigabytes: int
    count: int


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Instances of one type and market."""

    type: str
    count: int
    market: str
    volumes: tuple[Volumes, ...] = ()

    def items(self) -> Iterator[Item]:
        """Everything that these instances are charged for, by either market."""
        yield from (("ec2", self.type), ("emr", self.type))
        if self.market == SPOT:
            yield ("spot", self.type)
        yield from (("ebs", volume.type) for volume in self.volumes)


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One market's share of a group or fleet; EMR fills it with any of the choices."""

    name: str
    choices: tuple[Choice, ...]


def slots(request: Mapping[str, Any]) -> list[Slot]:
    """What the request asks for; empty slots are left out."""
    instances = request.get("Instances", {})
    found = [_group(each) for each in instances.get("InstanceGroups", [])]
    found += [slot for fleet in instances.get("InstanceFleets", []) for slot in _fleet(fleet)]
    return [slot for slot in found or _counts(instances) if slot.choices]


def items(request: Mapping[str, Any]) -> frozenset[Item]:
    """Every price that an estimate of this request needs."""
    return frozenset(item for slot in slots(request) for choice in slot.choices for item in choice.items())


def growth(request: Mapping[str, Any]) -> list[str]:
    """By what the cluster may become larger than asked for."""
    found = []
    limits = request.get("ManagedScalingPolicy", {}).get("ComputeLimits", {})
    if limits:
        found.append(f"managed scaling up to {limits.get('MaximumCapacityUnits')} {limits.get('UnitType')}")
    found += [
        f"automatic scaling of {group.get('Name') or group['InstanceRole'].lower()}"
        for group in request.get("Instances", {}).get("InstanceGroups", [])
        if "AutoScalingPolicy" in group
    ]
    return found


def _group(group: Request) -> Slot:
    choice = Choice(
        type=group["InstanceType"],
        count=int(group["InstanceCount"]),
        market=group.get("Market", ON_DEMAND),
        volumes=_volumes(group),
    )
    return Slot(name=group.get("Name") or group["InstanceRole"].lower(), choices=(choice,) if choice.count else ())


def _fleet(fleet: Request) -> Iterator[Slot]:
    """EMR fills a target with as few instances of one type as reach it, so the dearest single type bounds the cost."""
    name = fleet.get("Name") or fleet["InstanceFleetType"].lower()
    spot = fleet.get("LaunchSpecifications", {}).get("SpotSpecification", {})
    switches = spot.get("TimeoutAction") == "SWITCH_TO_ON_DEMAND"
    targets = {ON_DEMAND: fleet.get("TargetOnDemandCapacity", 0), SPOT: fleet.get("TargetSpotCapacity", 0)}
    for market, target in targets.items():
        charged = ON_DEMAND if switches else market
        choices = (_weighted(each, target, charged) for each in fleet.get("InstanceTypeConfigs", []))
        yield Slot(name=name, choices=tuple(choices) if target else ())


def _weighted(config: Request, target: int, market: str) -> Choice:
    count = math.ceil(target / config.get("WeightedCapacity", 1))
    return Choice(type=config["InstanceType"], count=count, market=market, volumes=_volumes(config))


def _counts(instances: Request) -> list[Slot]:
    workers = int(instances.get("InstanceCount", 0)) - 1
    types = {"master": (instances.get("MasterInstanceType"), 1), "core": (instances.get("SlaveInstanceType"), workers)}
    return [
        Slot(name=name, choices=(Choice(type=type_, count=count, market=ON_DEMAND),))
        for name, (type_, count) in types.items()
        if type_ and count > 0
    ]


def _volumes(config: Request) -> tuple[Volumes, ...]:
    devices = config.get("EbsConfiguration", {}).get("EbsBlockDeviceConfigs", [])
    return tuple(
        Volumes(
            type=device["VolumeSpecification"]["VolumeType"],
            gigabytes=int(device["VolumeSpecification"]["SizeInGB"]),
            count=int(device.get("VolumesPerInstance", 1)),
        )
        for device in devices
    )
