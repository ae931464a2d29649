"""More commands at once than the server may run: they take turns, and none is lost."""


def submit(emr, *args: str) -> str:
    step = {"Name": "s", "HadoopJarStep": {"Jar": "command-runner.jar", "Args": list(args)}}
    return emr.run_job_flow(Name="n", Instances={"KeepJobFlowAliveWhenNoSteps": False}, Steps=[step])["JobFlowId"]


def state(emr, cluster_id: str) -> str:
    return emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]["State"]


def test_commands_take_turns_and_a_waiting_one_can_be_cancelled(start_server, wait):
    with start_server("--max-processes", "2") as server:
        emr = server.client("emr")
        log = server.root / "turns"
        turn = f"echo begin >> {log}; sleep 0.3; echo end >> {log}"
        clusters = [submit(emr, "bash", "-c", turn) for _ in range(6)]
        wait(lambda: {state(emr, cluster_id) for cluster_id in clusters} == {"TERMINATED"})
        at_once = most = 0
        for line in log.read_text().split():
            at_once += 1 if line == "begin" else -1
            most = max(most, at_once)
        assert (most, at_once, log.read_text().count("begin")) == (2, 0, 6)

        busy = [submit(emr, "sleep", "600") for _ in range(2)]
        wait(lambda: sum(process.name() == "sleep" for process in server.processes()) == 2)
        waiting = submit(emr, "touch", str(server.root / "never"))
        wait(lambda: state(emr, waiting) == "RUNNING")
        emr.terminate_job_flows(JobFlowIds=[waiting])
        wait(lambda: state(emr, waiting) == "TERMINATED")
        emr.terminate_job_flows(JobFlowIds=busy)
        wait(lambda: {state(emr, cluster_id) for cluster_id in busy} == {"TERMINATED"})
        [step] = emr.list_steps(ClusterId=waiting)["Steps"]
        assert step["Status"]["State"] == "CANCELLED"
        assert not (server.root / "never").exists()
