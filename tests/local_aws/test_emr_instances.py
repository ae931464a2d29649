"""Groups and fleets: what is listed, and resizing."""

import warnings

import pytest
from botocore.exceptions import ClientError

UNITS = {"UnitType": "Instances", "MinimumCapacityUnits": 1, "MaximumCapacityUnits": 4}


def group(role: str, count: int, market: str = "ON_DEMAND") -> dict:
    return {
        "InstanceRole": role,
        "InstanceType": "m5.xlarge",
        "InstanceCount": count,
        "Market": market,
        "Name": role.lower(),
    }


def fleet(role: str, on_demand: int, spot: int = 0, weight: int = 1) -> dict:
    types = [{"InstanceType": "r5.xlarge", "WeightedCapacity": weight}, {"InstanceType": "r5.2xlarge"}]
    targets = {"TargetOnDemandCapacity": on_demand, "TargetSpotCapacity": spot}
    return {"Name": role.lower(), "InstanceFleetType": role, "InstanceTypeConfigs": types, **targets}


@pytest.fixture
def groups(emr):
    cluster_id = emr.create(
        Instances={"InstanceGroups": [group("MASTER", 1), group("CORE", 2), group("TASK", 1, "SPOT")]}
    )
    emr.until(cluster_id, "WAITING")
    yield cluster_id
    emr.client.terminate_job_flows(JobFlowIds=[cluster_id])


@pytest.fixture
def fleets(emr):
    instances = {"InstanceGroups": [], "InstanceFleets": [fleet("MASTER", 1), fleet("CORE", 4, 3, weight=2)]}
    cluster_id = emr.create(Instances=instances)
    emr.until(cluster_id, "WAITING")
    yield cluster_id
    emr.client.terminate_job_flows(JobFlowIds=[cluster_id])


def counts(emr, cluster_id) -> dict[str, tuple[int, int]]:
    listed = emr.client.list_instance_groups(ClusterId=cluster_id)["InstanceGroups"]
    return {
        item["InstanceGroupType"]: (item["RequestedInstanceCount"], item["RunningInstanceCount"]) for item in listed
    }


def capacity(emr, cluster_id) -> dict[str, tuple[int, ...]]:
    listed = emr.client.list_instance_fleets(ClusterId=cluster_id)["InstanceFleets"]
    names = ("TargetOnDemandCapacity", "ProvisionedOnDemandCapacity", "TargetSpotCapacity", "ProvisionedSpotCapacity")
    return {item["InstanceFleetType"]: tuple(item[name] for name in names) for item in listed}


def group_id(emr, cluster_id, role) -> str:
    listed = emr.client.list_instance_groups(ClusterId=cluster_id)["InstanceGroups"]
    return next(item["Id"] for item in listed if item["InstanceGroupType"] == role)


def test_groups_and_their_instances_are_listed(emr, groups):
    assert emr.cluster(groups)["InstanceCollectionType"] == "INSTANCE_GROUP"
    assert counts(emr, groups) == {"MASTER": (1, 1), "CORE": (2, 2), "TASK": (1, 1)}
    task = emr.client.list_instances(ClusterId=groups, InstanceGroupTypes=["TASK"])["Instances"]
    assert [(item["Market"], item["InstanceType"], item["Status"]["State"]) for item in task] == [
        ("SPOT", "m5.xlarge", "RUNNING")
    ]
    assert task[0]["InstanceGroupId"] == group_id(emr, groups, "TASK")
    assert task[0]["Id"].startswith("ci-")
    assert task[0]["InstanceFleetId"] == ""
    assert emr.client.list_instance_fleets(ClusterId=groups)["InstanceFleets"] == []


def test_a_resize_is_reflected_and_the_instances_taken_away_stay_listed(emr, groups):
    core = group_id(emr, groups, "CORE")
    emr.client.modify_instance_groups(ClusterId=groups, InstanceGroups=[{"InstanceGroupId": core, "InstanceCount": 4}])
    assert counts(emr, groups)["CORE"] == (4, 4)
    oldest = emr.client.list_instances(ClusterId=groups, InstanceGroupId=core)["Instances"][0]["Ec2InstanceId"]
    shrink = {"InstanceGroupId": core, "InstanceCount": 2, "EC2InstanceIdsToTerminate": [oldest]}
    emr.client.modify_instance_groups(ClusterId=groups, InstanceGroups=[shrink])
    assert counts(emr, groups)["CORE"] == (2, 2)
    with warnings.catch_warnings(action="ignore"):
        [flow] = emr.client.describe_job_flows(JobFlowIds=[groups])["JobFlows"]
    assert flow["Instances"]["InstanceCount"] == 4
    ask = {"ClusterId": groups, "InstanceGroupTypes": ["CORE"]}
    gone = emr.client.list_instances(**ask, InstanceStates=["TERMINATED"])["Instances"]
    assert len(gone) == 2
    assert oldest in [item["Ec2InstanceId"] for item in gone]
    assert len(emr.client.list_instances(**ask, InstanceStates=["RUNNING"])["Instances"]) == 2


def test_a_task_group_can_be_added_and_the_master_not_resized(emr, groups):
    answer = emr.client.add_instance_groups(JobFlowId=groups, InstanceGroups=[group("TASK", 2)])
    assert answer["JobFlowId"] == groups
    assert answer["InstanceGroupIds"][0].startswith("ig-")
    assert len(emr.client.list_instances(ClusterId=groups, InstanceGroupTypes=["TASK"])["Instances"]) == 3
    change = {"InstanceGroupId": group_id(emr, groups, "MASTER"), "InstanceCount": 3}
    with pytest.raises(ClientError, match="master instance group cannot be resized"):
        emr.client.modify_instance_groups(InstanceGroups=[change])
    with pytest.raises(ClientError, match="already has a core instance group"):
        emr.client.add_instance_groups(JobFlowId=groups, InstanceGroups=[group("CORE", 1)])


def test_fleets_are_filled_by_weight_and_listed(emr, fleets):
    assert emr.cluster(fleets)["InstanceCollectionType"] == "INSTANCE_FLEET"
    assert capacity(emr, fleets) == {"MASTER": (1, 1, 0, 0), "CORE": (4, 4, 3, 4)}
    core = emr.client.list_instances(ClusterId=fleets, InstanceFleetType="CORE")["Instances"]
    assert sorted(item["Market"] for item in core) == ["ON_DEMAND", "ON_DEMAND", "SPOT", "SPOT"]
    assert all(item["InstanceFleetId"].startswith("if-") for item in core)
    with pytest.raises(ClientError) as refused:
        emr.client.list_instance_groups(ClusterId=fleets)
    assert refused.value.response["Error"]["Code"] == "InvalidRequestException"
    assert "Use the ListInstanceFleets operation instead." in str(refused.value)


def test_fleets_are_resized_and_a_task_fleet_added(emr, fleets):
    core = next(
        item["Id"]
        for item in emr.client.list_instance_fleets(ClusterId=fleets)["InstanceFleets"]
        if item["Name"] == "core"
    )
    change = {"InstanceFleetId": core, "TargetOnDemandCapacity": 2, "TargetSpotCapacity": 6}
    emr.client.modify_instance_fleet(ClusterId=fleets, InstanceFleet=change)
    assert capacity(emr, fleets)["CORE"] == (2, 2, 6, 6)
    added = emr.client.add_instance_fleet(ClusterId=fleets, InstanceFleet=fleet("TASK", 1))
    assert capacity(emr, fleets)["TASK"] == (1, 1, 0, 0)
    assert added["InstanceFleetId"] != core


def test_managed_scaling_and_classifications_are_accepted_and_reflected(emr, groups):
    emr.client.put_managed_scaling_policy(ClusterId=groups, ManagedScalingPolicy={"ComputeLimits": UNITS})
    assert emr.client.get_managed_scaling_policy(ClusterId=groups)["ManagedScalingPolicy"] == {"ComputeLimits": UNITS}
    emr.client.remove_managed_scaling_policy(ClusterId=groups)
    assert "ManagedScalingPolicy" not in emr.client.get_managed_scaling_policy(ClusterId=groups)
    yarn = [{"Classification": "yarn-site", "Properties": {"yarn.nodemanager.vmem-check-enabled": "false"}}]
    cluster_id = emr.create(Configurations=yarn, keep=False)
    assert emr.cluster(cluster_id)["Configurations"] == yarn


def test_the_instances_of_a_finished_cluster_are_terminated(aws, emr):
    cluster_id = emr.create(keep=False)
    emr.until(cluster_id, "TERMINATED")
    [instance] = emr.client.list_instances(ClusterId=cluster_id)["Instances"]
    assert emr.cluster(cluster_id)["MasterPublicDnsName"].startswith("ec2-")
    assert instance["Status"]["State"] == "TERMINATED"
    found = aws.client("ec2").describe_instances(InstanceIds=[instance["Ec2InstanceId"]])["Reservations"][0][
        "Instances"
    ]
    assert found[0]["State"]["Name"] == "terminated"
