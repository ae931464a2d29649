"""EMR Serverless applications and job runs."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

ROLE = "arn:aws:iam::123456789012:role/job"
END = {"SUCCESS", "FAILED", "CANCELLED"}
SPARK = """
import os, sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
print(sys.argv[1:], spark.conf.get("spark.one"), spark.conf.get("spark.two"), os.environ["FLAVOUR"])
spark.range(3).write.json("s3://lake/out/serverless")
print("to the error log", file=sys.stderr)
"""
FAILING = "raise ValueError('no column ratings')"
SLEEPING = "import time\nprint('up', flush=True)\ntime.sleep(600)\n"
ECHO = "print('done')"


class Serverless:
    """EMR Serverless requests, as short as the tests need them."""

    def __init__(self, aws, wait) -> None:
        self.aws, self.client, self._wait = aws, aws.client("emr-serverless"), wait

    def create(self, **request: Any) -> str:
        request = {"name": "test", "releaseLabel": "emr-7.1.0", "type": "SPARK"} | request
        return str(self.client.create_application(**request)["applicationId"])

    def application(self, application_id: str) -> dict[str, Any]:
        return dict(self.client.get_application(applicationId=application_id)["application"])

    def start(self, application_id: str, script: str, *args: str, parameters: str = "", **request: Any) -> str:
        submit = {"entryPoint": self.aws.put(f"serverless/{abs(hash(script))}.py", script)}
        submit |= {"entryPointArguments": list(args)} | ({"sparkSubmitParameters": parameters} if parameters else {})
        request = {"executionRoleArn": ROLE, "jobDriver": {"sparkSubmit": submit}} | request
        return str(self.client.start_job_run(applicationId=application_id, **request)["jobRunId"])

    def get(self, application_id: str, run_id: str) -> dict[str, Any]:
        return dict(self.client.get_job_run(applicationId=application_id, jobRunId=run_id)["jobRun"])

    def until(self, application_id: str, run_id: str, *states: str) -> dict[str, Any]:
        wanted = set(states) or END
        return dict(self._wait(lambda: (run := self.get(application_id, run_id))["state"] in wanted and run, 60))


@pytest.fixture
def serverless(aws, wait) -> Serverless:
    return Serverless(aws, wait)


def refused(call, **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as problem:
        call(**request)
    error = problem.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_job_run_is_a_spark_application_with_its_logs_in_s3(aws, serverless):
    defaults = [{"classification": "spark-defaults", "properties": {"spark.one": "app", "spark.two": "app"}}]
    application = serverless.create(runtimeConfiguration=defaults)
    assert serverless.application(application)["state"] == "CREATED"
    overrides = {
        "applicationConfiguration": [{"classification": "spark-defaults", "properties": {"spark.two": "run"}}],
        "monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": "s3://lake/serverless-logs/"}},
    }
    parameters = "--conf spark.emr-serverless.driverEnv.FLAVOUR=vanilla --conf spark.executor.memory=1g"
    run_id = serverless.start(
        application, SPARK, "a b", "--c", parameters=parameters, name="count", configurationOverrides=overrides
    )
    assert serverless.application(application)["state"] == "STARTED"
    run = serverless.until(application, run_id)
    assert (run["state"], run["stateDetails"], run["name"]) == ("SUCCESS", "", "count")
    assert run["createdAt"] <= run["startedAt"] <= run["endedAt"]
    assert run["totalExecutionDurationSeconds"] >= 1
    folder = f"serverless-logs/applications/{application}/jobs/{run_id}/SPARK_DRIVER"
    assert aws.keys(folder) == [f"{folder}/stderr.gz", f"{folder}/stdout.gz"]
    assert aws.log(f"s3://lake/{folder}/stdout.gz") == "['a b', '--c'] app run vanilla\n"
    assert "to the error log\n" in aws.log(f"s3://lake/{folder}/stderr.gz")
    assert "out/serverless/_SUCCESS" in aws.keys("out/serverless")


def test_a_failed_job_run_says_why(serverless):
    application = serverless.create()
    run = serverless.until(application, serverless.start(application, FAILING))
    assert run["state"] == "FAILED"
    assert run["stateDetails"] == (
        "Job failed, please check complete logs in configured logging destination. ExitCode: 1. "
        "Last few exceptions: ValueError: no column ratings"
    )


def test_a_job_run_is_cancelled_with_its_processes(aws, serverless):
    application = serverless.create()
    run_id = serverless.start(application, SLEEPING)
    serverless.until(application, run_id, "RUNNING")
    code, message = refused(serverless.client.stop_application, applicationId=application)
    assert (code, "1 scheduled or running job runs" in message) == ("ValidationException", True)
    serverless.client.cancel_job_run(applicationId=application, jobRunId=run_id)
    assert serverless.until(application, run_id)["state"] == "CANCELLED"
    assert [process for process in aws.processes() if run_id in " ".join(process.cmdline())] == []
    listed = serverless.client.list_job_runs(applicationId=application, states=["CANCELLED"])["jobRuns"]
    assert [run["id"] for run in listed] == [run_id]
    assert serverless.client.list_job_runs(applicationId=application, states=["RUNNING"])["jobRuns"] == []


def test_a_job_run_longer_than_its_timeout_is_cancelled(serverless):
    application = serverless.create()
    run_id = serverless.start(application, SLEEPING, executionTimeoutMinutes=5)  # 2.5 s, see FAST_MINUTE
    run = serverless.until(application, run_id)
    assert (run["state"], run["stateDetails"]) == (
        "CANCELLED",
        "Job run exceeded its execution timeout of 5 minutes.",
    )


def test_job_runs_queue_for_the_applications_slots(serverless):
    application = serverless.create(schedulerConfiguration={"queueTimeoutMinutes": 600})
    serverless.client.update_application(
        applicationId=application, schedulerConfiguration={"maxConcurrentRuns": 1, "queueTimeoutMinutes": 600}
    )
    first = serverless.start(application, SLEEPING)
    serverless.until(application, first, "RUNNING")
    second, third = (serverless.start(application, ECHO) for _ in range(2))
    serverless.until(application, second, "QUEUED")
    serverless.until(application, third, "QUEUED")
    serverless.client.cancel_job_run(applicationId=application, jobRunId=third)
    assert serverless.until(application, third)["state"] == "CANCELLED"
    serverless.client.cancel_job_run(applicationId=application, jobRunId=first)
    assert serverless.until(application, second)["state"] == "SUCCESS"


def test_a_job_run_that_its_application_has_no_room_for_fails(serverless):
    application = serverless.create(maximumCapacity={"cpu": "4 vCPU", "memory": "64 GB"})
    run = serverless.until(application, serverless.start(application, ECHO))
    assert run["state"] == "FAILED"
    assert "exceeded maximumCapacity settings: [cpu: 4 vCPU, memory: 64 GB]" in run["stateDetails"]
    small = "--conf spark.driver.cores=1 --conf spark.executor.cores=1"
    run = serverless.until(application, serverless.start(application, ECHO, parameters=small))
    assert run["state"] == "SUCCESS"


def test_a_client_token_starts_one_job_run(serverless):
    application = serverless.create(clientToken="app-token")
    assert serverless.create(clientToken="app-token") == application
    first = serverless.start(application, ECHO, clientToken="run-token")
    assert serverless.start(application, ECHO, clientToken="run-token") == first
    with pytest.raises(ClientError, match="ConflictException"):
        serverless.start(application, ECHO, "other", clientToken="run-token")
    assert serverless.until(application, first)["state"] == "SUCCESS"


def test_an_application_starts_stops_and_is_deleted(serverless, wait):
    stop = {"enabled": True, "idleTimeoutMinutes": 1}
    application = serverless.create(autoStartConfiguration={"enabled": False}, autoStopConfiguration=stop)
    with pytest.raises(ClientError, match="does not start automatically"):
        serverless.start(application, ECHO)
    serverless.client.start_application(applicationId=application)
    assert serverless.application(application)["state"] == "STARTED"
    code, message = refused(serverless.client.delete_application, applicationId=application)
    assert (code, "[CREATED, STOPPED]" in message) == ("ValidationException", True)
    wait(lambda: serverless.application(application)["state"] == "STOPPED")  # idle for half a second
    assert "idle" in serverless.application(application)["stateDetails"]
    serverless.client.delete_application(applicationId=application)
    assert serverless.application(application)["state"] == "TERMINATED"
    with pytest.raises(ClientError, match="terminated"):
        serverless.start(application, ECHO)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"executionTimeoutMinutes": 4}, "at least 5 minutes"),
        ({"executionRoleArn": "arn:aws:iam::999999999999:role/job"}, "Cross-account"),
        ({"executionRoleArn": "a-role-that-is-no-arn"}, "must be the ARN"),
        ({"name": "n" * 257}, "less than or equal to 256"),
        (
            {"jobDriver": {"sparkSubmit": {"entryPoint": "x.py", "entryPointArguments": ["a" * 10281]}}},
            "less than or equal to 10280",
        ),
    ],
)
def test_what_the_service_rejects(serverless, request_, message):
    application = serverless.create()
    with pytest.raises(ClientError, match=message):
        serverless.start(application, ECHO, **request_)


def test_hive_jobs_fail_and_say_so(serverless):
    application = serverless.create()
    run_id = serverless.start(application, ECHO, jobDriver={"hive": {"query": "s3://lake/q.sql"}})
    run = serverless.until(application, run_id)
    assert (run["state"], run["stateDetails"]) == (
        "FAILED",
        "only sparkSubmit job drivers are executed here, not ['hive']",
    )
