"""EMR notebook executions: a notebook runs on a cluster, and its outputs, states and refusals are EMR's."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

END = {"FINISHED", "FAILED", "STOPPED"}
ROLE = "EMR_Notebooks_DefaultRole"


def cell(source: str, *tags: str) -> dict[str, Any]:
    about = {"id": f"c{abs(hash(source))}", "metadata": {"tags": list(tags)}, "execution_count": None, "outputs": []}
    return {"cell_type": "code", "source": source, **about}


def notebook(*cells: dict[str, Any], kernel: str = "python3") -> str:
    about = {"kernelspec": {"name": kernel, "display_name": kernel}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": about, "cells": list(cells)})


def place(name: str) -> dict[str, str]:
    return {"Bucket": "lake", "Key": name}


class Notebooks:
    """The four requests, as short as the tests need them."""

    def __init__(self, aws, emr, cluster: str, wait) -> None:
        self.aws, self.client, self.cluster, self.wait = aws, emr.client, cluster, wait

    def start(self, text: str, **request: Any) -> str:
        self.aws.put("notebooks/tried.ipynb", text)
        asked = {
            "NotebookS3Location": place("notebooks/tried.ipynb"),
            "OutputNotebookS3Location": place("executed/"),
            "ExecutionEngine": {"Id": self.cluster, "Type": "EMR"},
            "ServiceRole": ROLE,
        }
        answer = self.client.start_notebook_execution(**asked | request)
        return str(answer["NotebookExecutionId"])

    def describe(self, execution: str) -> dict[str, Any]:
        return dict(self.client.describe_notebook_execution(NotebookExecutionId=execution)["NotebookExecution"])

    def until(self, execution: str, *states: str) -> dict[str, Any]:
        wanted = set(states) or END
        return dict(self.wait(lambda: (now := self.describe(execution))["Status"] in wanted and now, 60))

    def ids(self, **filters: Any) -> list[str]:
        answer = self.client.list_notebook_executions(**filters)
        return [each["NotebookExecutionId"] for each in answer["NotebookExecutions"]]

    def printed(self, uri: str) -> list[str]:
        """What the cells of an executed notebook printed."""
        cells = json.loads(self.aws.get(uri))["cells"]
        return [
            "".join(out["text"]) for each in cells for out in each.get("outputs", []) if out["output_type"] == "stream"
        ]


@pytest.fixture
def notebooks(aws, emr, cluster, wait) -> Notebooks:
    emr.until(cluster, "WAITING")
    return Notebooks(aws, emr, cluster, wait)


def refusal(call, **parameters: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    assert refused.value.response["Error"]["Code"] == "InvalidRequestException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return str(refused.value.response["Error"]["Message"])


def test_a_notebook_runs_on_the_clusters_spark_with_its_parameters(notebooks, cluster):
    text = notebook(
        cell("rows, names = 3, []", "parameters"),
        cell("print(spark.range(rows).count(), names, spark.conf.get('spark.sql.shuffle.partitions'))"),
        cell("import os; print(os.environ['EMR_CLUSTER_ID'], os.environ['FLAVOUR'], os.environ['COLOUR'])"),
        cell("spark.range(5).write.parquet('s3://lake/made-by-a-notebook', mode='overwrite')"),
        kernel="pysparkkernel",
    )
    execution = notebooks.start(
        text,
        NotebookExecutionName="count",
        NotebookParams='{"rows": 7, "names": ["a", "b"]}',
        EnvironmentVariables={"COLOUR": "blue"},
        Tags=[{"Key": "team", "Value": "data"}],
    )
    found = notebooks.until(execution)
    assert found["Status"] == "FINISHED", found
    assert found["OutputNotebookURI"] == "s3://lake/executed/tried.ipynb"
    assert notebooks.printed(found["OutputNotebookURI"]) == ["7 ['a', 'b'] 7\n", f"{cluster} vanilla blue\n"]
    assert any(key.endswith(".parquet") for key in notebooks.aws.keys("made-by-a-notebook/"))
    assert found["LastStateChangeReason"] == f"Execution is finished for cluster {cluster}."
    assert found["Arn"] == f"arn:aws:elasticmapreduce:us-east-1:123456789012:notebook-execution/{execution}"
    assert found["ExecutionEngine"] == {"Id": cluster, "Type": "EMR"}
    assert found["NotebookParams"] == '{"rows": 7, "names": ["a", "b"]}'
    assert found["Tags"] == [{"Key": "team", "Value": "data"}]
    assert found["StartTime"] < found["EndTime"]
    assert (found["NotebookExecutionName"], found["EnvironmentVariables"]) == ("count", {"COLOUR": "blue"})


def test_a_failing_cell_is_told_and_leaves_what_came_before_it(notebooks, cluster):
    execution = notebooks.start(notebook(cell("print('before')"), cell("1 / 0"), cell("print('after')")))
    found = notebooks.until(execution)
    assert found["Status"] == "FAILED"
    assert found["LastStateChangeReason"] == (
        f"Execution has failed for cluster {cluster}. Cell 2: ZeroDivisionError: division by zero"
    )
    assert notebooks.printed(found["OutputNotebookURI"]) == ["before\n"]


def test_a_running_execution_can_be_stopped_once_and_nothing_of_it_goes_on(aws, notebooks, cluster, wait):
    execution = notebooks.start(
        notebook(cell("print('begun')"), cell("import subprocess; subprocess.run(['sleep', '8642'])"))
    )
    wait(lambda: aws.processes(lambda process: "8642" in process.cmdline()))
    assert notebooks.describe(execution)["Status"] == "RUNNING"
    assert refusal(notebooks.client.stop_notebook_execution, NotebookExecutionId="ex-1") == (
        "Notebook execution id 'ex-1' is not valid."
    )
    notebooks.client.stop_notebook_execution(NotebookExecutionId=execution)
    found = notebooks.until(execution)
    assert found["LastStateChangeReason"] == f"Execution is stopped for cluster {cluster}."
    assert (found["Status"], notebooks.printed(found["OutputNotebookURI"])) == ("STOPPED", ["begun\n"])
    wait(lambda: not aws.processes(lambda process: "8642" in process.cmdline()), 5)
    assert refusal(notebooks.client.stop_notebook_execution, NotebookExecutionId=execution) == (
        f"Notebook execution {execution} is in status STOPPED. Only one in RUNNING, STARTING, START_PENDING can be "
        "stopped."
    )


def test_the_list_is_filtered_by_status_cluster_editor_and_time_the_newest_first(notebooks, cluster, wait):
    notebooks.aws.put("studio/e-TRIED/mine/small.ipynb", notebook(cell("print('mine')")))
    before = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    wait(lambda: datetime.now(UTC) >= before, 2)  # a request carries whole seconds
    bad = notebooks.start(notebook(cell("oops")))
    notebooks.until(bad)
    good = notebooks.client.start_notebook_execution(
        EditorId="e-TRIED", RelativePath="mine/small.ipynb", ExecutionEngine={"Id": cluster}, ServiceRole=ROLE
    )["NotebookExecutionId"]
    found = notebooks.until(good)
    assert found["Status"] == "FINISHED"
    assert found["OutputNotebookURI"] == f"s3://lake/studio/e-TRIED/executions/{good}/small.ipynb"
    assert notebooks.printed(found["OutputNotebookURI"]) == ["mine\n"]
    assert notebooks.ids(From=before) == [good, bad]
    assert notebooks.ids(From=before, Status="FAILED") == [bad]
    assert notebooks.ids(EditorId="e-TRIED") == [good]
    assert notebooks.ids(From=before, ExecutionEngineId="j-OTHER") == []
    assert notebooks.ids(To=before, ExecutionEngineId=cluster)[:1] != [good]
    assert bad not in notebooks.ids(To=before - timedelta(seconds=1))
    summary = notebooks.client.list_notebook_executions(Status="FAILED", From=before)["NotebookExecutions"][0]
    assert (summary["NotebookS3Location"], summary["ExecutionEngineId"]) == (place("notebooks/tried.ipynb"), cluster)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"ExecutionEngine": {"Id": "j-NONE"}}, "Cluster id 'j-NONE' is not valid."),
        ({"NotebookParams": "[1]"}, "NotebookParams must be a JSON object: the parameters by their names."),
        ({"NotebookParams": "{"}, "NotebookParams is not valid JSON: "),
        ({"NotebookS3Location": place("no.ipynb")}, "There is no notebook at s3://lake/no.ipynb."),
        ({"NotebookS3Location": {"Bucket": "lake"}}, "NotebookS3Location needs a Bucket and a Key."),
        ({"EditorId": "e-X"}, "Specify either EditorId with RelativePath, or NotebookS3Location."),
        ({"OutputNotebookS3Location": {}}, "OutputNotebookS3Location is required with NotebookS3Location."),
    ],
)
def test_what_cannot_begin_is_refused_and_leaves_no_execution(notebooks, request_, message):
    before = notebooks.ids()
    assert refusal(notebooks.start, text=notebook(), **request_).startswith(message)
    assert notebooks.ids() == before


def test_a_workspace_that_is_not_there_is_refused(notebooks, cluster):
    asked = {"ExecutionEngine": {"Id": cluster}, "ServiceRole": ROLE, "EditorId": "e-NONE"}
    start = notebooks.client.start_notebook_execution
    assert refusal(start, RelativePath="a.ipynb", **asked) == "Editor id 'e-NONE' is not valid."
    assert refusal(start, **asked) == "RelativePath is required with EditorId."


def test_a_kernel_that_is_not_here_fails_the_execution(notebooks, cluster):
    found = notebooks.until(notebooks.start(notebook(kernel="sparkkernel")))
    assert found["Status"] == "FAILED"
    assert found["LastStateChangeReason"] == (
        f"Execution has failed for cluster {cluster}. The kernel 'sparkkernel' is not executed here; python3, pyspark, "
        "pysparkkernel are."
    )


def test_an_execution_keeps_its_cluster_from_being_idle_and_ends_with_it(aws, emr, wait):
    cluster_id = emr.create(AutoTerminationPolicy={"IdleTimeout": 60})  # half a second
    emr.until(cluster_id, "WAITING")
    notebooks = Notebooks(aws, emr, cluster_id, wait)
    slow = "import pathlib, time; [time.sleep(0.01) for _ in iter(lambda: pathlib.Path(gate).exists(), True)]"
    gate = aws.root / "gate"
    execution = notebooks.start(
        notebook(cell("gate = ''", "parameters"), cell(slow)), NotebookParams=json.dumps({"gate": str(gate)})
    )
    started = notebooks.until(execution, "RUNNING")["StartTime"]
    wait(lambda: datetime.now(UTC) - started > timedelta(seconds=1.5))
    assert emr.cluster(cluster_id)["Status"]["State"] == "WAITING"
    gate.touch()
    assert notebooks.until(execution)["Status"] == "FINISHED"
    assert emr.until(cluster_id, "TERMINATED")["Status"]["StateChangeReason"]["Code"] == "AUTO_TERMINATION"


def test_an_execution_fails_when_its_cluster_is_terminated(aws, emr, wait):
    cluster_id = emr.create()
    notebooks = Notebooks(aws, emr, cluster_id, wait)
    emr.until(cluster_id, "WAITING")
    execution = notebooks.start(notebook(cell("import subprocess; subprocess.run(['sleep', '7531'])")))
    wait(lambda: aws.processes(lambda process: "7531" in process.cmdline()))
    emr.client.terminate_job_flows(JobFlowIds=[cluster_id])
    emr.until(cluster_id, "TERMINATED")
    found = notebooks.describe(execution)
    assert found["Status"] == "FAILED"
    assert found["LastStateChangeReason"] == (
        f"Execution has failed for cluster {cluster_id}. Terminated by user request"
    )
    wait(lambda: not aws.processes(lambda process: "7531" in process.cmdline()), 5)
    assert refusal(notebooks.start, text=notebook()) == (
        f"Cluster {cluster_id} is in state TERMINATED. It must be in one of the states RUNNING, WAITING."
    )


def test_executions_outlive_the_server_and_those_that_went_on_have_failed(start_server, wait):
    with start_server() as server:
        server.client("s3").create_bucket(Bucket="lake")
        emr = server.client("emr")
        group = {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}
        cluster_id = emr.run_job_flow(
            Name="c", Instances={"InstanceGroups": [group], "KeepJobFlowAliveWhenNoSteps": True}
        )["JobFlowId"]
        wait(lambda: emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]["State"] == "WAITING")
        server.put("a.ipynb", notebook(cell("1")))
        where = {"NotebookS3Location": place("a.ipynb"), "OutputNotebookS3Location": place("out")}
        execution = emr.start_notebook_execution(ExecutionEngine={"Id": cluster_id}, ServiceRole=ROLE, **where)[
            "NotebookExecutionId"
        ]
        server.process.kill()
        server.process.wait(10)
        server.state_file.unlink()
    with start_server() as server:
        found = server.client("emr").describe_notebook_execution(NotebookExecutionId=execution)["NotebookExecution"]
    assert found["Status"] == "FAILED"
    assert "EndTime" in found
