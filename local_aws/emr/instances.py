"""The instances of a cluster, in groups or in fleets: states that follow the cluster's, sizes that can change."""

import math
import secrets
import string
from typing import TYPE_CHECKING, Any

from moto.core.utils import utcnow
from moto.emr.models import EXAMPLE_AMI_ID, Instance, InstanceGroup

from local_aws.emr import states

if TYPE_CHECKING:
    from datetime import datetime

    from local_aws.emr.cluster import RunningCluster

ALPHABET = string.ascii_uppercase + string.digits
GROUP_MEMBERS = (
    *("instance_count", "instance_role", "instance_type", "market", "name", "bid_price", "ebs_configuration"),
    "auto_scaling_policy",
)
NO_REASON = {"Code": "", "Message": ""}
FLEET_MEMBERS = ("LaunchSpecifications", "ResizeSpecifications")


def new_id(prefix: str) -> str:
    """Return an id as EMR makes them: ``ig-``, ``if-`` or ``ci-`` and 13 letters and digits."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(13))


class Node(Instance):
    """One instance. It is in the state of its cluster until it is taken away."""

    def __init__(self, *, pool: "Group | Fleet", ec2_instance: Any, market: str) -> None:
        super().__init__(ec2_instance, pool, instance_id=new_id("ci-"))  # type: ignore[arg-type]
        self.pool = pool
        self.node_market = market
        self.addresses = (ec2_instance.public_dns_name, ec2_instance.public_ip)  # EC2 forgets them
        self.created = utcnow()
        self.ended: datetime | None = None
        self.reason: dict[str, str] = {}

    @property
    def alive(self) -> bool:
        """Whether the instance has not been taken away and its cluster has not ended."""
        return self.ended is None and self.pool.cluster.state not in states.TERMINATED

    @property
    def public_dns_name(self) -> str | None:
        """The name that the instance has or had."""
        return str(self.addresses[0])

    @property
    def public_ip_address(self) -> str | None:
        """The address that the instance has or had."""
        return str(self.addresses[1])

    @property
    def market(self) -> str:
        """ON_DEMAND or SPOT."""
        return self.node_market

    @property
    def instance_group_id(self) -> str | None:  # type: ignore[override]
        """The group's id, if it is in a group."""
        return self.pool.id if isinstance(self.pool, Group) else None

    @property
    def instance_fleet_id(self) -> str:
        """The fleet's id, empty if it is in a group."""
        return self.pool.id if isinstance(self.pool, Fleet) else ""

    @instance_fleet_id.setter
    def instance_fleet_id(self, value: str) -> None:
        """Take what moto's constructor sets."""

    def end(self, code: str, message: str) -> None:
        """Take the instance away."""
        self.ended = utcnow()
        self.reason = {"Code": code, "Message": message}

    @property
    def status(self) -> dict[str, Any]:
        """The shape InstanceStatus of the API."""
        cluster = self.pool.cluster
        over, ready = cluster.state in states.TERMINATED, cluster.ready_datetime
        reason = {"Code": "CLUSTER_TERMINATED", "Message": "Cluster was terminated."} if over else {}
        return {
            "State": "TERMINATED" if self.ended else states.INSTANCE[str(cluster.state)],
            "StateChangeReason": self.reason or reason,
            "Timeline": {
                "CreationDateTime": self.created,
                "ReadyDateTime": max(ready, self.created) if ready else None,
                "EndDateTime": self.ended or cluster.end_datetime,
            },
        }


class Pool:
    """What groups and fleets share: a role and nodes that come and go."""

    id: str
    cluster: "RunningCluster"
    role: str

    def nodes(self) -> list[Node]:
        """Return the instances that are there, the oldest first."""
        return [node for node in self.cluster.nodes if node.pool is self and node.alive]

    def grow(self, count: int, instance_type: str, market: str) -> None:
        """Add instances."""
        if count <= 0:
            return
        reservation = self.cluster.emr_backend.ec2_backend.run_instances(
            EXAMPLE_AMI_ID, count, None, [], instance_type=instance_type, is_instance_type_default=False
        )
        for ec2_instance in reservation.instances:
            self.cluster.add_instance(Node(pool=self, ec2_instance=ec2_instance, market=market))  # type: ignore[arg-type]

    def shrink(self, nodes: list[Node], message: str = "Instance was terminated by a resize request.") -> None:
        """Take instances away."""
        for node in nodes:
            node.end("CLUSTER_TERMINATED" if self.cluster.ending else "INSTANCE_FAILURE", message)
        if nodes:
            self.cluster.emr_backend.ec2_backend.terminate_instances([node.ec2_instance_id for node in nodes])

    def replace(self, node: Node, message: str) -> None:
        """Put a new instance in the place of one that was lost: same type, same market."""
        self.shrink([node], message)
        self.grow(1, node.ec2_instance.instance_type, node.market)

    @property
    def pool_status(self) -> dict[str, Any]:
        """The shapes InstanceGroupStatus and InstanceFleetStatus of the API."""
        cluster = self.cluster
        over = cluster.state in states.TERMINATED
        return {
            "State": states.POOL[str(cluster.state)],
            "StateChangeReason": {"Code": "CLUSTER_TERMINATED", "Message": "Job flow terminated"}
            if over
            else NO_REASON,
            "Timeline": {
                "CreationDateTime": cluster.creation_datetime,
                "ReadyDateTime": cluster.ready_datetime,
                "EndDateTime": cluster.end_datetime,
            },
        }


class Group(Pool, InstanceGroup):
    """An instance group: moto's, with instances that are counted."""

    def __init__(self, cluster: "RunningCluster", request: dict[str, Any]) -> None:
        known = {name: request[name] for name in GROUP_MEMBERS if request.get(name) is not None}
        self.cluster = cluster
        InstanceGroup.__init__(self, cluster.id, instance_group_id=new_id("ig-"), **known)

    @property
    def instance_group_id(self) -> str:
        """The id as DescribeJobFlows names it; moto finds its own by its class's name."""
        return self.id

    @property
    def status(self) -> dict[str, Any]:
        """The group's state."""
        return self.pool_status

    @property
    def running_instance_count(self) -> int:
        """How many instances are there."""
        return len(self.nodes()) if self.cluster.state in states.UP else 0

    @property
    def instance_running_count(self) -> int:
        """The same for DescribeJobFlows."""
        return self.running_instance_count

    def resize(self, count: int, doomed: list[str] | None = None) -> None:
        """Have that many instances; the named ones go first, then the youngest."""
        self.set_instance_count(count)
        nodes = sorted(self.nodes(), key=lambda node: node.ec2_instance_id not in (doomed or []))
        named = [node for node in nodes if node.ec2_instance_id in (doomed or [])]
        rest = [node for node in nodes if node not in named]
        surplus = max(0, len(nodes) - count - len(named))
        self.shrink(named + (rest[-surplus:] if surplus else []))
        self.grow(count - len(self.nodes()), self.instance_type, self.market)


class Fleet(Pool):
    """An instance fleet: capacity of two markets, filled with the first instance type that it names."""

    def __init__(self, cluster: "RunningCluster", request: dict[str, Any]) -> None:
        self.id = new_id("if-")
        self.cluster = cluster
        self.role = request["InstanceFleetType"]
        self.request = request
        self.types: list[dict[str, Any]] = request.get("InstanceTypeConfigs") or [{"InstanceType": "m5.xlarge"}]
        self.resize(request.get("TargetOnDemandCapacity", 0), request.get("TargetSpotCapacity", 0))

    @property
    def weight(self) -> int:
        """The capacity of one instance."""
        return int(self.types[0].get("WeightedCapacity") or 1)

    def resize(self, on_demand: int, spot: int) -> None:
        """Fill both targets with as few instances as suffice."""
        self.targets = {"ON_DEMAND": on_demand, "SPOT": spot}
        for market, target in self.targets.items():
            nodes = [node for node in self.nodes() if node.market == market]
            wanted = math.ceil(target / self.weight)
            self.shrink(nodes[wanted:])
            self.grow(wanted - len(nodes), self.types[0]["InstanceType"], market)

    def _provisioned(self, market: str) -> int:
        return self.weight * sum(node.market == market for node in self.nodes())

    def describe(self) -> dict[str, Any]:
        """Return the shape InstanceFleet of the API."""
        return {
            "Id": self.id,
            "Name": self.request.get("Name"),
            "Status": self.pool_status,
            "InstanceFleetType": self.role,
            "TargetOnDemandCapacity": self.targets["ON_DEMAND"],
            "TargetSpotCapacity": self.targets["SPOT"],
            "ProvisionedOnDemandCapacity": self._provisioned("ON_DEMAND"),
            "ProvisionedSpotCapacity": self._provisioned("SPOT"),
            "InstanceTypeSpecifications": [{"WeightedCapacity": 1} | item for item in self.types],
            **{name: self.request[name] for name in FLEET_MEMBERS if name in self.request},
        }
