"""Instances that are lost to a fault, and those that take their place."""

from tests.local_aws.test_faults import order


def test_a_cluster_loses_a_worker(emr, faults):
    core = {"InstanceRole": "CORE", "InstanceType": "m5.xlarge", "InstanceCount": 2, "Market": "SPOT"}
    master = {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}
    cluster_id = emr.create(Instances={"InstanceGroups": [master, core]})
    emr.until(cluster_id, "WAITING")
    order(faults, "worker-killed", cluster=cluster_id)
    nodes = emr.client.list_instances(ClusterId=cluster_id, InstanceGroupTypes=["CORE"])["Instances"]
    kept, lost, new = (node["Status"] for node in nodes)
    assert [kept["State"], lost["State"], new["State"]] == ["RUNNING", "TERMINATED", "RUNNING"]
    assert lost["StateChangeReason"] == {
        "Code": "INSTANCE_FAILURE",
        "Message": "Instance was terminated by a Spot interruption.",
    }
    assert lost["Timeline"]["EndDateTime"] <= new["Timeline"]["CreationDateTime"] == new["Timeline"]["ReadyDateTime"]
    assert len({node["Ec2InstanceId"] for node in nodes}) == 3
    assert {node["Market"] for node in nodes} == {"SPOT"}
    groups = emr.client.list_instance_groups(ClusterId=cluster_id)["InstanceGroups"]
    counts = {
        item["InstanceGroupType"]: (item["RequestedInstanceCount"], item["RunningInstanceCount"]) for item in groups
    }
    assert counts == {"MASTER": (1, 1), "CORE": (2, 2)}
    assert emr.cluster(cluster_id)["Status"]["State"] == "WAITING"
    emr.client.terminate_job_flows(JobFlowIds=[cluster_id])


def test_a_fleet_that_loses_a_worker_keeps_its_capacity(emr, faults):
    types = [{"InstanceType": "m5.xlarge", "WeightedCapacity": 2}]
    fleets = [
        {
            "InstanceFleetType": "MASTER",
            "TargetOnDemandCapacity": 1,
            "InstanceTypeConfigs": [{"InstanceType": "m5.xlarge"}],
        },
        {
            "InstanceFleetType": "CORE",
            "TargetOnDemandCapacity": 2,
            "TargetSpotCapacity": 2,
            "InstanceTypeConfigs": types,
        },
    ]
    instances = {"InstanceFleets": fleets, "KeepJobFlowAliveWhenNoSteps": True}
    roles = {"ServiceRole": "service", "JobFlowRole": "instance"}
    cluster_id = emr.client.run_job_flow(Name="f", ReleaseLabel="emr-7.13.0", Instances=instances, **roles)["JobFlowId"]
    emr.until(cluster_id, "WAITING")
    order(faults, "worker-killed", cluster=cluster_id)
    nodes = emr.client.list_instances(ClusterId=cluster_id, InstanceFleetType="CORE")["Instances"]
    found = [(node["Market"], node["Status"]["State"]) for node in nodes]
    assert found == [("ON_DEMAND", "RUNNING"), ("SPOT", "TERMINATED"), ("SPOT", "RUNNING")]
    [core] = [
        f
        for f in emr.client.list_instance_fleets(ClusterId=cluster_id)["InstanceFleets"]
        if f["InstanceFleetType"] == "CORE"
    ]
    assert (core["ProvisionedOnDemandCapacity"], core["ProvisionedSpotCapacity"]) == (2, 2)
    emr.client.terminate_job_flows(JobFlowIds=[cluster_id])
