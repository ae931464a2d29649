"""The RunJobFlow request of a workflow, as a pure function of its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from penstock.errors import DeploymentError
from workflow.environment import Environment
from workflow.ownership import as_list

if TYPE_CHECKING:
    from penstock.deployment import Deployment
    from penstock.layout import Code
    from workflow.compute.spec import BootstrapAction, Cluster, NodeGroup

Request = dict[str, Any]
NONE = Environment()


def job_flow(cluster: Cluster, *, deployment: Deployment, environment: Environment = NONE) -> Request:
    """A cluster that waits for steps and ends itself when idle.

    The operator that asks for it replaces the name and adds the tags that say whose it is (workflow.ownership).
    """
    return {
        "Name": deployment.name,
        "LogUri": deployment.layout.logs,
        "ReleaseLabel": cluster.release_label,
        "Applications": [{"Name": name} for name in ["Spark", *cluster.applications]],
        "Instances": {**_instances(cluster, deployment.subnet_ids), **_groups(deployment.emr_security_groups)},
        "Configurations": [
            {"Classification": name, "Properties": values} for name, values in cluster.configurations.items()
        ],
        "BootstrapActions": [
            *environment.bootstrap_action(deployment.code),
            *(_bootstrap(each, deployment.code) for each in cluster.bootstrap_actions),
        ],
        "StepConcurrencyLevel": cluster.step_concurrency,
        "AutoTerminationPolicy": {"IdleTimeout": cluster.idle_minutes * 60},
        "JobFlowRole": deployment.emr_instance_profile,
        "ServiceRole": deployment.emr_service_role,
        "VisibleToAllUsers": True,
        "Tags": as_list(cluster.tags),
        **_security(deployment.emr_security_configuration),
    }


def _security(name: str) -> Request:
    return {"SecurityConfiguration": name} if name else {}


def _groups(ids: list[str]) -> Request:
    names = ("EmrManagedMasterSecurityGroup", "EmrManagedSlaveSecurityGroup", "ServiceAccessSecurityGroup")
    if len(ids) not in {0, len(names)}:
        raise DeploymentError(
            f"emr_security_groups has {len(ids)} groups: {', '.join(ids)}. Expected three, of primary nodes, of the "
            "others and of EMR itself, or none for EMR's default groups."
        )
    return dict(zip(names, ids, strict=False))


def _instances(cluster: Cluster, subnet_ids: list[str]) -> Request:
    groups = [("MASTER", cluster.primary), ("CORE", cluster.core), ("TASK", cluster.task)]
    instances: Request = {
        "InstanceGroups": [_group(role, group) for role, group in groups if group],
        "KeepJobFlowAliveWhenNoSteps": True,
        "TerminationProtected": False,
    }
    # Instance groups live in one subnet; a choice of several is a feature of instance fleets.
    return {**instances, "Ec2SubnetId": subnet_ids[0]} if subnet_ids else instances


def _group(role: str, group: NodeGroup) -> Request:
    return {
        "Name": role.lower(),
        "InstanceRole": role,
        "InstanceType": group.instance_type,
        "InstanceCount": group.count,
        "Market": group.market.upper(),
    }


def _bootstrap(action: BootstrapAction, code: Code) -> Request:
    return {
        "Name": action.name,
        "ScriptBootstrapAction": {"Path": code.script(action.path), "Args": list(action.args)},
    }
