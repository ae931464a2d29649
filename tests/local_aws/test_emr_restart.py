"""What a server knows of the clusters of the server before it."""


def step(args: list[str]) -> dict:
    jar = {"Jar": "command-runner.jar", "Args": args}
    return {"Name": " ".join(args), "ActionOnFailure": "CONTINUE", "HadoopJarStep": jar}


def request(name: str, *steps: list[str], keep: bool = True) -> dict:
    group = {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}
    return {
        "Name": name,
        "Instances": {"InstanceGroups": [group], "KeepJobFlowAliveWhenNoSteps": keep},
        "Tags": [{"Key": "team", "Value": "data"}],
        "Steps": [step(args) for args in steps],
    }


def described(emr, cluster_id) -> tuple[dict, list[dict]]:
    cluster = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]
    del cluster["MasterPublicDnsName"]  # instances are new
    steps = emr.list_steps(ClusterId=cluster_id)["Steps"]
    return cluster, steps


LOST = {"Code": "INTERNAL_ERROR", "Message": "The local AWS was stopped while the cluster was up"}


def test_clusters_of_a_killed_server_come_back_ended_and_nothing_of_theirs_runs(start_server, wait):
    with start_server() as server:
        emr = server.client("emr")
        over = emr.run_job_flow(**request("over", ["true"], ["bash", "-c", "exit 3"], keep=False))["JobFlowId"]
        wait(lambda: described(emr, over)[0]["Status"]["State"] == "TERMINATED")
        before = described(emr, over)
        up = emr.run_job_flow(**request("up", ["true"], ["sleep", "7654"], ["true"]))["JobFlowId"]
        emr.add_tags(ResourceId=up, Tags=[{"Key": "late", "Value": "1"}])
        wait(lambda: server.processes(lambda process: "7654" in process.cmdline()))
        server.process.kill()
        server.process.wait(10)
        wait(lambda: server.processes() == [], 5)
        server.state_file.unlink()
    with start_server() as server:
        emr = server.client("emr")
        listed = {item["Id"]: item["Status"]["State"] for item in emr.list_clusters()["Clusters"]}
        assert listed == {over: "TERMINATED", up: "TERMINATED_WITH_ERRORS"}
        assert described(emr, over) == before
        cluster, steps = described(emr, up)
    assert cluster["Status"]["StateChangeReason"] == LOST
    assert [step["Status"]["State"] for step in steps] == ["CANCELLED", "CANCELLED", "COMPLETED"]
    assert {tag["Key"]: tag["Value"] for tag in cluster["Tags"]} == {"team": "data", "late": "1"}
    timeline = cluster["Status"]["Timeline"]
    assert timeline["CreationDateTime"] <= timeline["ReadyDateTime"] <= timeline["EndDateTime"]


def test_a_server_that_stops_fails_no_steps_and_a_line_that_was_cut_off_costs_that_line_only(start_server, wait):
    with start_server() as server:
        emr = server.client("emr")
        cluster_id = emr.run_job_flow(**request("c", ["sleep", "7654"]))["JobFlowId"]
        wait(lambda: server.processes(lambda process: "7654" in process.cmdline()))
        [journal] = (server.root / "clusters").iterdir()
    text = journal.read_text()
    assert '"FAILED"' not in text
    journal.write_text(text[:-10])
    with start_server() as server:
        cluster, [found] = described(server.client("emr"), cluster_id)
    assert cluster["Status"]["StateChangeReason"] == LOST
    assert found["Status"]["State"] == "CANCELLED"
