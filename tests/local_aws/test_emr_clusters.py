"""EMR clusters: states, bootstrap actions, the ways they end."""

import datetime as dt

import pytest
from botocore.exceptions import ClientError


def test_a_cluster_waits_for_steps_and_keeps_what_it_was_given(emr):
    cluster_id = emr.create(Tags=[{"Key": "team", "Value": "data"}], StepConcurrencyLevel=3)
    found = emr.until(cluster_id, "WAITING")
    assert found["Tags"] == [{"Key": "team", "Value": "data"}]
    assert found["StepConcurrencyLevel"] == 3
    assert found["LogUri"] == "s3://lake/logs"
    assert found["Status"]["StateChangeReason"]["Message"] == "Cluster ready to run steps."
    emr.client.get_waiter("cluster_running").wait(ClusterId=cluster_id)
    emr.client.terminate_job_flows(JobFlowIds=[cluster_id])
    emr.client.get_waiter("cluster_terminated").wait(ClusterId=cluster_id)
    status = emr.cluster(cluster_id)["Status"]
    assert status["StateChangeReason"] == {"Code": "USER_REQUEST", "Message": "Terminated by user request"}
    timeline = status["Timeline"]
    assert timeline["CreationDateTime"] <= timeline["ReadyDateTime"] <= timeline["EndDateTime"]


def test_a_cluster_that_is_not_kept_alive_ends_with_its_last_step(emr):
    cluster_id = emr.create([emr.step("true"), emr.step("true")], keep=False)
    found = emr.until(cluster_id, "TERMINATED")
    assert found["Status"]["StateChangeReason"] == {"Code": "ALL_STEPS_COMPLETED", "Message": "Steps completed"}
    assert emr.states(cluster_id) == ["COMPLETED", "COMPLETED"]


def test_a_cluster_without_anything_to_do_was_ready_before_it_ended(emr):
    cluster_id = emr.create(keep=False)
    status = emr.until(cluster_id, "TERMINATED")["Status"]
    assert status["StateChangeReason"]["Code"] == "ALL_STEPS_COMPLETED"
    timeline = status["Timeline"]
    assert timeline["CreationDateTime"] <= timeline["ReadyDateTime"] <= timeline["EndDateTime"]


def test_bootstrap_actions_run_before_steps_and_leave_logs(aws, emr):
    script = aws.put("boot/ok.sh", 'echo "got $*"')
    action = {"Name": "greet", "ScriptBootstrapAction": {"Path": script, "Args": ["a b", "c"]}}
    cluster_id = emr.create(BootstrapActions=[action])
    emr.until(cluster_id, "WAITING")
    [stdout] = [key for key in aws.keys(f"logs/{cluster_id}/node/") if key.endswith("bootstrap-actions/1/stdout.gz")]
    assert aws.log(f"s3://lake/{stdout}") == "got a b c\n"
    assert stdout.split("/")[3].startswith("i-")
    emr.client.terminate_job_flows(JobFlowIds=[cluster_id])


@pytest.mark.parametrize(
    ("body", "message"),
    [("exit 4", "bootstrap action 1 returned a non-zero return code"), (None, "failed attempting to download")],
)
def test_a_failing_bootstrap_action_ends_the_cluster_with_errors(aws, emr, body, message):
    script = aws.put("boot/bad.sh", body) if body else "s3://lake/boot/missing.sh"
    action = {"Name": "bad", "ScriptBootstrapAction": {"Path": script}}
    cluster_id = emr.create([emr.step("true")], BootstrapActions=[action])
    reason = emr.until(cluster_id, "TERMINATED_WITH_ERRORS")["Status"]["StateChangeReason"]
    assert reason["Code"] == "BOOTSTRAP_FAILURE"
    assert message in reason["Message"]
    assert emr.states(cluster_id) == ["CANCELLED"]


def test_terminating_kills_a_running_bootstrap_action(aws, emr, wait):
    script = aws.put("boot/slow.sh", "sleep 6543")
    action = {"Name": "slow", "ScriptBootstrapAction": {"Path": script}}
    cluster_id = emr.create(BootstrapActions=[action])
    sleeping = lambda: [process for process in aws.processes() if "6543" in process.cmdline()]  # noqa: E731
    wait(sleeping)
    assert emr.cluster(cluster_id)["Status"]["State"] == "BOOTSTRAPPING"
    emr.client.terminate_job_flows(JobFlowIds=[cluster_id])
    reason = emr.until(cluster_id, "TERMINATED")["Status"]["StateChangeReason"]
    assert reason["Code"] == "USER_REQUEST"
    assert sleeping() == []


def test_terminating_kills_the_running_step(aws, emr, wait):
    cluster_id = emr.create()
    [step_id] = emr.add(cluster_id, emr.step("bash", "-c", "trap '' TERM; sleep 600 & echo $! $$; wait; sleep 600"))
    output = aws.root / f"work/emr/{cluster_id}/steps/{step_id}/stdout"
    pids = [int(pid) for pid in wait(lambda: output.exists() and output.read_text().split())]
    running = {process.pid for process in aws.processes()}
    assert set(pids) <= running
    emr.client.terminate_job_flows(JobFlowIds=[cluster_id])
    emr.until(cluster_id, "TERMINATED")
    assert not set(pids) & {process.pid for process in aws.processes()}
    assert emr.status(cluster_id, step_id)["State"] == "CANCELLED"


def test_a_protected_cluster_is_not_terminated(emr):
    cluster_id = emr.create(Instances={"TerminationProtected": True})
    with pytest.raises(ClientError) as refused:
        emr.client.terminate_job_flows(JobFlowIds=[cluster_id])
    assert refused.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": "Could not shut down one or more job flows since they are termination protected.",
    }
    emr.until(cluster_id, "WAITING")
    emr.client.set_termination_protection(JobFlowIds=[cluster_id], TerminationProtected=False)
    emr.client.terminate_job_flows(JobFlowIds=[cluster_id])
    emr.until(cluster_id, "TERMINATED")


def test_an_idle_cluster_is_terminated_by_its_policy(emr):
    cluster_id = emr.create(AutoTerminationPolicy={"IdleTimeout": 60})  # half a second, see FAST_MINUTE
    assert emr.client.get_auto_termination_policy(ClusterId=cluster_id)["AutoTerminationPolicy"] == {"IdleTimeout": 60}
    assert emr.until(cluster_id, "TERMINATED")["Status"]["StateChangeReason"]["Code"] == "AUTO_TERMINATION"


def test_an_idle_timeout_below_a_minute_is_refused(emr, cluster):
    with pytest.raises(ClientError, match="between 60 and 604800 seconds"):
        emr.client.put_auto_termination_policy(ClusterId=cluster, AutoTerminationPolicy={"IdleTimeout": 59})


def test_clusters_are_listed_by_state_and_time(emr):
    before = dt.datetime.now(dt.UTC)
    first, second = emr.create(), emr.create()
    emr.client.terminate_job_flows(JobFlowIds=[first])
    emr.until(first, "TERMINATED")
    emr.until(second, "WAITING")
    waiting = emr.client.list_clusters(ClusterStates=["WAITING"], CreatedAfter=before)["Clusters"]
    everything = emr.client.list_clusters(CreatedAfter=before)["Clusters"]
    assert [item["Id"] for item in waiting] == [second]
    assert [item["Id"] for item in everything] == [second, first]
    emr.client.terminate_job_flows(JobFlowIds=[second])


def test_a_rejected_request_leaves_no_cluster(emr):
    before = dt.datetime.now(dt.UTC)
    group = {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 2}
    with pytest.raises(ClientError, match="exactly 3 instances"):
        emr.create(Instances={"InstanceGroups": [group]})
    assert emr.client.list_clusters(CreatedAfter=before)["Clusters"] == []


def test_unknown_ids_and_finished_clusters_are_refused(emr, cluster):
    with pytest.raises(ClientError, match="Cluster id 'j-NONE' is not valid"):
        emr.client.describe_cluster(ClusterId="j-NONE")
    with pytest.raises(ClientError, match="Step id 's-NONE' is not valid"):
        emr.client.describe_step(ClusterId=cluster, StepId="s-NONE")
    finished = emr.create(keep=False)
    emr.until(finished, "TERMINATED")
    with pytest.raises(ClientError, match="shutting down, terminated, or finished may not be modified"):
        emr.add(finished, emr.step("true"))
