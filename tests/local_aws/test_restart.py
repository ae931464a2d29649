"""What outlives a server: Glue's and EMR Serverless's things, and no process of what a killed server was running."""

import pytest

from tests.local_aws.conftest import JAVA_OPTIONS, SPARK_PYTHON

ROLE = "arn:aws:iam::123456789012:role/any"
LOST_RUN = "The local AWS was stopped while the job was running"
SLOW = """
import sys, time
from pyspark.sql import SparkSession
spark, started = SparkSession.builder.getOrCreate(), sys.argv[-1]
def work(rows):
    open(started, "w").close()
    time.sleep(600)
    yield from rows
spark.sparkContext.parallelize(range(2), 2).mapPartitions(work).count()
"""
PLAIN = "import pathlib, sys, time\npathlib.Path(sys.argv[-1]).touch()\ntime.sleep(600)\n"
COLUMNS = [{"Name": "a", "Type": "int"}]


def without_metadata(answer):
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def glue_answers(glue):
    """Everything of Glue that a client can ask for."""
    asked = {
        "databases": glue.get_databases()["DatabaseList"],
        "tables": glue.get_tables(DatabaseName="sales")["TableList"],
        "versions": glue.get_table_versions(DatabaseName="sales", TableName="orders")["TableVersions"],
        "partitions": glue.get_partitions(DatabaseName="sales", TableName="orders")["Partitions"],
        "jobs": glue.get_jobs()["Jobs"],
        "job tags": glue.get_tags(ResourceArn="arn:aws:glue:us-east-1:123456789012:job/etl")["Tags"],
        "runs": glue.get_job_runs(JobName="etl")["JobRuns"],
        "crawlers": glue.get_crawlers()["Crawlers"],
        "metrics": glue.get_crawler_metrics()["CrawlerMetricsList"],
    }
    return {**asked, "bookmark": without_metadata(glue.get_job_bookmark(JobName="etl"))}


def fill_catalog(glue):
    for name in ("sales", "gone"):
        glue.create_database(DatabaseInput={"Name": name, "Description": "d"})
    table = {
        "Name": "orders",
        "PartitionKeys": [{"Name": "day", "Type": "string"}],
        "StorageDescriptor": {"Columns": COLUMNS},
    }
    glue.create_table(DatabaseName="sales", TableInput=table)
    glue.create_table(DatabaseName="sales", TableInput={"Name": "dropped"})
    glue.create_table(DatabaseName="gone", TableInput={"Name": "too"})
    glue.update_table(DatabaseName="sales", TableInput=table | {"Parameters": {"k": "v"}})
    days = [{"Values": [day], "StorageDescriptor": {"Columns": COLUMNS}} for day in ("mon", "tue", "wed")]
    glue.batch_create_partition(DatabaseName="sales", TableName="orders", PartitionInputList=days)
    glue.delete_partition(DatabaseName="sales", TableName="orders", PartitionValues=["tue"])
    glue.delete_table(DatabaseName="sales", Name="dropped")
    glue.delete_database(Name="gone")


def run_job(server, glue, wait):
    """Let a job commit a bookmark, then change it."""
    script = server.put(
        "etl.py", "import sys\nfrom awsglue.job import Job\njob = Job(None)\njob.init('etl', {})\njob.commit()\n"
    )
    command = {"Name": "glueetl", "ScriptLocation": script}
    glue.create_job(Name="etl", Role="r", Command=command, Tags={"team": "data"}, DefaultArguments={
        "--job-bookmark-option": "job-bookmark-enable"})  # fmt: skip
    glue.create_job(Name="dropped", Role="r", Command=command)
    run_id = glue.start_job_run(JobName="etl", Arguments={"--x": "1"})["JobRunId"]
    wait(lambda: glue.get_job_run(JobName="etl", RunId=run_id)["JobRun"]["JobRunState"] in {"SUCCEEDED", "FAILED"})
    glue.update_job(JobName="etl", JobUpdate={"Role": "other", "Command": command, "MaxRetries": 2})
    glue.tag_resource(ResourceArn="arn:aws:glue:us-east-1:123456789012:job/etl", TagsToAdd={"late": "1"})
    glue.delete_job(JobName="dropped")


def run_crawler(server, glue, wait):
    server.put("in/a.json", '{"n": 1}\n')
    targets = {"S3Targets": [{"Path": "s3://lake/in"}]}
    glue.create_crawler(Name="c", Role="r", DatabaseName="found", Targets=targets)
    glue.start_crawler(Name="c")
    wait(lambda: glue.get_crawler(Name="c")["Crawler"]["State"] == "READY")


@pytest.fixture
def spark(start_server):
    """Start a server with Spark, with a bucket."""

    def start(*options):
        quick = ("--java-options", JAVA_OPTIONS)
        return start_server("--spark-python", SPARK_PYTHON, "--max-workers", "2", *quick, *options)

    return start


APPLICATION = {
    "name": "a",
    "releaseLabel": "emr-7.1.0",
    "type": "SPARK",
    "tags": {"k": "v"},
    "clientToken": "t",
    "schedulerConfiguration": {"maxConcurrentRuns": 2},
}


def make_applications(serverless):
    """Make one application that is changed, and one that is deleted; return their ids."""
    kept = serverless.create_application(**APPLICATION)["applicationId"]
    serverless.update_application(applicationId=kept, maximumCapacity={"cpu": "4vCPU", "memory": "16GB"})
    gone = serverless.create_application(name="b", releaseLabel="emr-7.1.0", type="SPARK")["applicationId"]
    serverless.delete_application(applicationId=gone)
    return [kept, gone]


def described(serverless, ids):
    return [serverless.get_application(applicationId=name)["application"] for name in ids]


def test_glue_and_applications_are_as_they_were(spark, wait):
    with spark() as server:
        server.client("s3").create_bucket(Bucket="lake")
        glue, serverless = server.client("glue"), server.client("emr-serverless")
        ids = make_applications(serverless)
        applications = described(serverless, ids)
        fill_catalog(glue)
        run_job(server, glue, wait)
        run_crawler(server, glue, wait)
        before = glue_answers(glue)
        server.process.kill()
        server.process.wait(10)
        server.state_file.unlink()
    assert [item["state"] for item in applications] == ["CREATED", "TERMINATED"]
    with spark() as server:
        glue, serverless = server.client("glue"), server.client("emr-serverless")
        assert described(serverless, ids) == applications
        assert serverless.create_application(**APPLICATION)["applicationId"] == ids[0]
        assert glue_answers(glue) == before
        assert [run["JobRunState"] for run in before["runs"]] == ["SUCCEEDED"], before["runs"]
        assert before["bookmark"]["JobBookmarkEntry"]["Version"] == 1
        assert [table["Name"] for table in glue.get_tables(DatabaseName="found")["TableList"]] == ["in"]
        glue.create_partition(DatabaseName="sales", TableName="orders", PartitionInput={"Values": ["thu"]})
        assert len(glue.get_partitions(DatabaseName="sales", TableName="orders")["Partitions"]) == 3


def kill(server, wait):
    """Kill the server alone, as nothing can be caught."""
    server.process.kill()
    server.process.wait(10)
    wait(lambda: server.processes() == [], 10)
    server.state_file.unlink()


def test_a_killed_servers_runs_have_failed_and_none_of_their_spark_is_left(spark, start_server, wait, tmp_path):
    started = [tmp_path / name for name in ("step", "glue", "serverless")]
    with spark() as server:
        server.client("s3").create_bucket(Bucket="lake")
        slow, plain = server.put("slow.py", SLOW), server.put("plain.py", PLAIN)
        emr, glue, serverless = (server.client(name) for name in ("emr", "glue", "emr-serverless"))
        group = {"InstanceType": "m5.xlarge", "InstanceCount": 1}
        groups = [group | {"InstanceRole": "MASTER"}, group | {"InstanceRole": "CORE", "InstanceCount": 2}]
        jar = {"Jar": "command-runner.jar", "Args": ["spark-submit", slow, str(started[0])]}
        cluster = emr.run_job_flow(
            Name="c",
            Tags=[{"Key": "local-aws:engine", "Value": "standalone"}],
            Instances={"InstanceGroups": groups, "KeepJobFlowAliveWhenNoSteps": True},
            Steps=[{"Name": "slow", "HadoopJarStep": jar}],
        )["JobFlowId"]
        glue.create_job(Name="etl", Role="r", Command={"Name": "glueetl", "ScriptLocation": slow}, MaxRetries=1)
        run = glue.start_job_run(JobName="etl", Arguments={"--started": str(started[1])})["JobRunId"]
        application = serverless.create_application(name="a", releaseLabel="emr-7.1.0", type="SPARK")["applicationId"]
        driver = {"sparkSubmit": {"entryPoint": plain, "entryPointArguments": [str(started[2])]}}
        asked = {"applicationId": application, "executionRoleArn": ROLE, "jobDriver": driver, "clientToken": "once"}
        job = serverless.start_job_run(**asked)["jobRunId"]
        wait(lambda: all(path.exists() for path in started))
        assert spark_processes(server) >= {"Master", "Worker", "CoarseGrainedExecutorBackend", "SparkSubmit"}
        kill(server, wait)
    with spark() as server:
        emr, glue, serverless = (server.client(name) for name in ("emr", "glue", "emr-serverless"))
        assert emr.describe_cluster(ClusterId=cluster)["Cluster"]["Status"]["State"] == "TERMINATED_WITH_ERRORS"
        [found] = glue.get_job_runs(JobName="etl")["JobRuns"]
        assert (found["Id"], found["JobRunState"], found["ErrorMessage"]) == (run, "FAILED", LOST_RUN)
        assert found["CompletedOn"] > found["StartedOn"]
        found = serverless.get_job_run(applicationId=application, jobRunId=job)["jobRun"]
        assert (found["state"], found["stateDetails"]) == (
            "FAILED",
            "The local AWS was stopped while the job run was going on",
        )
        assert serverless.start_job_run(**asked)["jobRunId"] == job
        assert serverless.get_application(applicationId=application)["application"]["state"] == "STARTED"
        assert spark_processes(server) == set()
    with start_server() as server:  # what was lost is not lost again, at another time
        [again] = server.client("glue").get_job_runs(JobName="etl")["JobRuns"]
        assert again["JobRunState"] == "FAILED"
        assert server.client("emr-serverless").get_job_run(applicationId=application, jobRunId=job)["jobRun"] == found


def spark_processes(server):
    """The names of the main classes of the server's Java processes."""
    java: list[list[str]] = []
    server.processes(lambda process: process.name() == "java" and java.append(process.cmdline()))
    return {word.rpartition(".")[2] for words in java for word in words if word.startswith("org.apache.spark.")}
