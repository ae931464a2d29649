"""EMR clusters whose Spark is a cluster of processes: a master, and a worker for each core and task instance."""

import io
import json
import zipfile

import psutil
import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import JAVA_OPTIONS

MASTER = {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}
TAGS = [{"Key": "local-aws:engine", "Value": "standalone"}]
WHERE = """
import json, os
from pyspark.sql import SparkSession
from travel.names import GREETING
spark = SparkSession.builder.getOrCreate()
offset = 1000
def seen(rows):
    from travel.names import GREETING
    yield GREETING, os.getpid(), os.getppid(), sum(row + offset for row in rows)
found = spark.sparkContext.parallelize(range(8), 4).mapPartitions(seen).collect()
counts = spark.range(100).selectExpr("id % 3 as k").groupBy("k").count().orderBy("k").collect()
print(json.dumps({
    "driver": os.getpid(), "greetings": sorted({row[0] for row in found}),
    "pids": sorted({row[1] for row in found}),
    "sum": sum(row[3] for row in found), "counts": [row["count"] for row in counts],
    "master": spark.conf.get("spark.master"),
}))
"""
SLOW = """
import pathlib, sys, time
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
started = sys.argv[1]
def work(rows):
    pathlib.Path(started).touch()
    for row in rows:
        time.sleep(0.4)
        yield row
print(spark.sparkContext.parallelize(range(12), 6).mapPartitions(work).sum())
"""


def core(count: int) -> dict:
    return {"InstanceRole": "CORE", "InstanceType": "m5.xlarge", "InstanceCount": count, "Market": "SPOT"}


def java(aws, cluster_id: str, kind: str) -> list[psutil.Process]:
    """The Java processes of a cluster's engine: Master, Worker or CoarseGrainedExecutorBackend."""
    folder = str(aws.root / "work/emr" / cluster_id)
    return list(
        aws.processes(
            lambda item: (
                item.name() == "java"
                and any(word.endswith(f".{kind}") for word in item.cmdline())
                and item.cwd().startswith(folder)
            )
        )
    )


def packed() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("travel/__init__.py", "")
        archive.writestr("travel/names.py", "GREETING = 'from the zip'")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def standalone(aws, emr):
    quick = {"Classification": "spark-defaults", "Properties": {"spark.executor.defaultJavaOptions": JAVA_OPTIONS}}
    cluster_id = emr.create(Tags=TAGS, Configurations=[quick], Instances={"InstanceGroups": [MASTER, core(2)]})
    emr.until(cluster_id, "WAITING")
    yield cluster_id
    emr.client.terminate_job_flows(JobFlowIds=[cluster_id])
    emr.until(cluster_id, "TERMINATED")
    assert not aws.processes(lambda item: cluster_id in item.cwd())


def resize(emr, cluster_id: str, count: int) -> None:
    groups = emr.client.list_instance_groups(ClusterId=cluster_id)["InstanceGroups"]
    group = next(item["Id"] for item in groups if item["InstanceGroupType"] == "CORE")
    change = {"InstanceGroupId": group, "InstanceCount": count}
    emr.client.modify_instance_groups(ClusterId=cluster_id, InstanceGroups=[change])


def test_closures_modules_and_shuffles_travel_to_other_processes(aws, emr, standalone):
    step_id, status = emr.run(
        standalone,
        *("spark-submit", "--master", "yarn", "--executor-memory", "900g", "--conf", "spark.executor.cores=64"),
        *("--conf", "spark.sql.shuffle.partitions=2"),
        *("--py-files", aws.put("code/travel.zip", packed()), aws.put("code/where.py", WHERE)),
    )
    folder = f"s3://lake/logs/{standalone}/steps/{step_id}"
    assert status["State"] == "COMPLETED", aws.log(f"{folder}/stderr.gz")
    said = json.loads(aws.log(f"{folder}/stdout.gz"))
    assert said["driver"] not in said["pids"]
    assert said["greetings"] == ["from the zip"]
    assert (said["sum"], said["counts"]) == (8028, [34, 33, 33])
    assert said["master"].startswith("spark://127.0.0.1:")


def test_a_worker_for_each_core_instance_on_loopback_only(aws, standalone):
    engine = java(aws, standalone, "Master") + java(aws, standalone, "Worker")
    assert len(engine) == 3
    addresses = {item.laddr.ip.removeprefix("::ffff:") for process in engine for item in process.net_connections()}
    assert addresses == {"127.0.0.1"}


def test_a_resize_adds_and_removes_workers_up_to_the_cap(aws, emr, standalone, wait):
    resize(emr, standalone, 1)
    wait(lambda: len(java(aws, standalone, "Worker")) == 1)
    resize(emr, standalone, 5)
    wait(lambda: len(java(aws, standalone, "Worker")) == 2)


def test_a_job_survives_the_loss_of_a_worker(aws, emr, standalone, wait, tmp_path):
    started = tmp_path / "started"
    [step_id] = emr.add(standalone, emr.step("spark-submit", aws.put("code/slow.py", SLOW), str(started)))
    wait(started.exists, 60)
    wait(lambda: len(java(aws, standalone, "CoarseGrainedExecutorBackend")) == 2)
    before = {process.pid for process in java(aws, standalone, "Worker")}
    resize(emr, standalone, 2)
    aws.fault("worker-killed", cluster=standalone)
    assert len(before & {process.pid for process in java(aws, standalone, "Worker")}) == 1
    wait(lambda: len(java(aws, standalone, "Worker")) == 2)
    status = emr.until_step(standalone, step_id)
    folder = f"s3://lake/logs/{standalone}/steps/{step_id}"
    assert status["State"] == "COMPLETED", aws.log(f"{folder}/stderr.gz")
    assert aws.log(f"{folder}/stdout.gz") == "66\n"
    assert "Lost executor" in aws.log(f"{folder}/stderr.gz")
    states = emr.client.list_instances(ClusterId=standalone, InstanceStates=["TERMINATED"])["Instances"]
    assert "Spot interruption" in str([item["Status"]["StateChangeReason"] for item in states])


def test_an_instance_whose_worker_dies_is_replaced(aws, emr, standalone, wait):
    resize(emr, standalone, 2)
    [doomed, _] = wait(lambda: len(found := java(aws, standalone, "Worker")) == 2 and found)
    instance = doomed.cwd().rpartition("/")[2]
    doomed.kill()

    def core(state: str) -> dict[str, str]:
        ask = {"ClusterId": standalone, "InstanceGroupTypes": ["CORE"], "InstanceStates": [state]}
        found = emr.client.list_instances(**ask)["Instances"]
        return {item["Ec2InstanceId"]: item["Status"]["StateChangeReason"].get("Message", "") for item in found}

    assert wait(lambda: core("TERMINATED").get(instance)) == f"Instance {instance} failed: its worker process ended."
    assert len(core("RUNNING")) == 2
    wait(lambda: {item.cwd().rpartition("/")[2] for item in java(aws, standalone, "Worker")} == set(core("RUNNING")))


def test_an_engine_that_does_not_exist_is_refused(emr):
    with pytest.raises(ClientError, match="local-aws:engine must be one of local, standalone, not yarn"):
        emr.create(Tags=[{"Key": "local-aws:engine", "Value": "yarn"}])


def test_an_engine_that_does_not_start_ends_the_cluster(start_server, wait):
    with start_server("--engine", "standalone") as server:  # this interpreter has no pyspark
        emr = server.client("emr")
        cluster_id = emr.run_job_flow(Name="n", Instances={"InstanceGroups": [MASTER]})["JobFlowId"]
        wait(
            lambda: emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]["State"] == "TERMINATED_WITH_ERRORS"
        )
        reason = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]["StateChangeReason"]
    assert reason["Code"] == "INTERNAL_ERROR"
    assert "needs an interpreter with pyspark" in reason["Message"]
