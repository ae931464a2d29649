"""The EMR requests about instances: groups, fleets, managed scaling."""

from typing import Any

from moto.core.responses import ActionResult, EmptyResult, PaginatedResult
from moto.emr.exceptions import InvalidRequestException, ValidationException
from moto.emr.models import emr_backends as motos_backends
from moto.emr.responses import ElasticMapReduceResponse

from local_aws.emr import states
from local_aws.emr.backend import EmrBackend, fleet_cluster
from local_aws.emr.cluster import RunningCluster
from local_aws.emr.instances import Fleet, Group, Node
from local_aws.emr.requests import check_scaling_policy
from local_aws.parameters import plain


class InstanceResponse(ElasticMapReduceResponse):
    """Answers EMR requests about instances."""

    backends: Any = motos_backends

    @property
    def backend(self) -> EmrBackend:
        """The back end of the request's account and region."""
        found: EmrBackend = self.backends[self.current_account][self.region]
        return found

    def _cluster(self, parameter: str = "ClusterId") -> RunningCluster:
        return self.backend.clusters[self._get_param(parameter)]

    def _living_cluster(self, parameter: str = "ClusterId") -> RunningCluster:
        cluster = self._cluster(parameter)
        if cluster.state in states.ENDING:
            raise InvalidRequestException(
                "A job flow that is shutting down, terminated, or finished may not be modified."
            )
        return cluster

    def list_instance_groups(self) -> ActionResult:
        """List a cluster's groups; a cluster with fleets has none."""
        if self._cluster().fleets:
            raise InvalidRequestException(fleet_cluster("ListInstanceGroups", "ListInstanceFleets"))
        return super().list_instance_groups()

    def list_instance_fleets(self) -> ActionResult:
        """List a cluster's fleets."""
        return PaginatedResult({"InstanceFleets": [fleet.describe() for fleet in self._cluster().fleets]})

    def list_instances(self) -> ActionResult:
        """List the instances that the filters let through, those that are gone too."""
        return PaginatedResult({"Instances": [node for node in self._cluster().nodes if self._wanted(node)]})

    def _wanted(self, node: Node) -> bool:
        pools = {self._get_param("InstanceGroupId"), self._get_param("InstanceFleetId")} - {None}
        roles = {*self._get_param("InstanceGroupTypes", []), self._get_param("InstanceFleetType")} - {None}
        conditions = self._get_param("InstanceStates", [])
        return (
            (not pools or node.pool.id in pools)
            and (not roles or node.pool.role in roles)
            and (not conditions or node.status["State"] in conditions)
        )

    def add_instance_groups(self) -> ActionResult:
        """Add task groups to a living cluster."""
        cluster = self._living_cluster("JobFlowId")
        groups = self.backend.add_instance_groups(cluster.id, self._get_param("InstanceGroups", []))
        cluster.resized()
        ids = [group.id for group in groups]
        return ActionResult({"JobFlowId": cluster.id, "InstanceGroupIds": ids, "ClusterArn": cluster.arn})

    def modify_instance_groups(self) -> EmptyResult:
        """Resize groups."""
        for change in plain(self._get_param("InstanceGroups", [])):
            group = self._group(change["InstanceGroupId"])
            doomed = change.get("EC2InstanceIdsToTerminate") or []
            count = change.get("InstanceCount", group.num_instances - len(doomed))
            if group.role == "MASTER" and count != group.num_instances:
                raise ValidationException("The master instance group cannot be resized.")
            group.resize(int(count), doomed)
            group.cluster.resized()
        return EmptyResult()

    def _group(self, group_id: str) -> Group:
        group = self.backend.instance_groups.get(group_id)
        if not isinstance(group, Group):
            raise InvalidRequestException(f"Instance group id '{group_id}' is not valid.")
        if group.cluster.state in states.ENDING:
            raise InvalidRequestException(
                f"Instance group {group_id} cannot be modified: cluster {group.cluster.id} is {group.cluster.state}."
            )
        return group

    def add_instance_fleet(self) -> ActionResult:
        """Add the task fleet to a living cluster with fleets."""
        cluster = self._living_cluster()
        request = plain(self._get_param("InstanceFleet"))
        if not cluster.fleets:
            raise InvalidRequestException("Instance fleets and instance groups are mutually exclusive.")
        if any(fleet.role == request["InstanceFleetType"] for fleet in cluster.fleets):
            raise ValidationException(
                f"The cluster already has a {request['InstanceFleetType'].lower()} instance fleet."
            )
        fleet = Fleet(cluster, request)
        cluster.fleets.append(fleet)
        cluster.resized()
        return ActionResult({"ClusterId": cluster.id, "InstanceFleetId": fleet.id, "ClusterArn": cluster.arn})

    def modify_instance_fleet(self) -> EmptyResult:
        """Resize a fleet."""
        cluster, change = self._living_cluster(), plain(self._get_param("InstanceFleet"))
        found = next((fleet for fleet in cluster.fleets if fleet.id == change["InstanceFleetId"]), None)
        if found is None:
            raise InvalidRequestException(f"Instance fleet id '{change['InstanceFleetId']}' is not valid.")
        found.resize(
            change.get("TargetOnDemandCapacity", found.targets["ON_DEMAND"]),
            change.get("TargetSpotCapacity", found.targets["SPOT"]),
        )
        cluster.resized()
        return EmptyResult()

    def put_managed_scaling_policy(self) -> EmptyResult:
        """Remember the policy; nothing scales."""
        policy = plain(self._get_param("ManagedScalingPolicy"))
        check_scaling_policy(policy)
        self._living_cluster().managed_scaling_policy = policy
        return EmptyResult()

    def get_managed_scaling_policy(self) -> ActionResult:
        """Return the policy."""
        policy = self._cluster().managed_scaling_policy
        return ActionResult({"ManagedScalingPolicy": policy} if policy else {})

    def remove_managed_scaling_policy(self) -> EmptyResult:
        """Forget the policy."""
        self._cluster().managed_scaling_policy = None
        return EmptyResult()

    def set_unhealthy_node_replacement(self) -> EmptyResult:
        """Remember the switch."""
        for cluster_id in self._get_param("JobFlowIds"):
            self.backend.clusters[cluster_id].unhealthy_node_replacement = self._get_param("UnhealthyNodeReplacement")
        return EmptyResult()
