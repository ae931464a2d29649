"""Glue job runs: arguments, states, logs."""

import io
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

ECHO = """
import sys
print(sys.argv[1:])
print("to the error log", file=sys.stderr)
"""
USES_ZIP = """
import sys
from pyspark.sql import SparkSession
from extra import NAME
spark = SparkSession.builder.getOrCreate()
spark.createDataFrame([(NAME,)], "name string").write.json("s3://lake/out/glue")
print(spark.conf.get("spark.one"), spark.conf.get("spark.two"))
"""
FAILING = """
try:
    {}["ratings"]
except KeyError as error:
    raise ValueError("no column ratings") from error
"""
SLEEPING = "import time\nprint('up', flush=True)\ntime.sleep(600)\n"
END = {"SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT"}


class Job:
    """One Glue job and its runs."""

    def __init__(self, aws, wait, name: str, script: str, **definition: Any) -> None:
        self.client, self.name, self._wait = aws.client("glue"), name, wait
        command = {"Name": "glueetl", "ScriptLocation": aws.put(f"glue/{name}.py", script), "PythonVersion": "3"}
        self.client.create_job(Name=name, Role="r", Command=command, GlueVersion="5.1", **definition)

    def start(self, **arguments: str) -> str:
        given = {f"--{key.replace('_', '-')}": value for key, value in arguments.items()}
        return str(self.client.start_job_run(JobName=self.name, Arguments=given)["JobRunId"])

    def get(self, run_id: str) -> dict[str, Any]:
        return dict(self.client.get_job_run(JobName=self.name, RunId=run_id)["JobRun"])

    def until(self, run_id: str, *states: str) -> dict[str, Any]:
        return dict(self._wait(lambda: (run := self.get(run_id))["JobRunState"] in (states or END) and run))

    def run(self, **arguments: str) -> dict[str, Any]:
        return self.until(self.start(**arguments))


def logged(aws, run: dict[str, Any], kind: str) -> list[str]:
    found = aws.client("logs").filter_log_events(
        logGroupName=f"{run['LogGroupName']}/{kind}", logStreamNames=[run["Id"]]
    )
    return [event["message"] for event in found["events"]]


def test_a_run_gets_default_and_overriding_arguments_as_glue_gives_them(aws, wait):
    job = Job(aws, wait, "echo", ECHO, DefaultArguments={"--a": "1", "--b": "2", "--enable-metrics": "true"})
    run = job.run(b="changed", c="3")
    assert run["JobRunState"] == "SUCCEEDED"
    assert run["Arguments"] == {"--a": "1", "--b": "changed", "--c": "3", "--enable-metrics": "true"}
    assert run["StartedOn"] <= run["CompletedOn"]
    assert run["ExecutionTime"] >= 1
    assert "ErrorMessage" not in run
    own = ["--JOB_NAME", "echo", "--JOB_RUN_ID", run["Id"]]
    given = ["--a", "1", "--b", "changed", "--enable-metrics", "true", "--c", "3"]
    assert logged(aws, run, "output") == [str(own + given)]
    assert logged(aws, run, "error") == ["to the error log"]


def test_a_script_uses_extra_py_files_and_spark_properties(aws, wait):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("extra.py", "NAME = 'from the zip'")
    job = Job(aws, wait, "zipped", USES_ZIP, DefaultArguments={"--conf": "spark.one=1 --conf spark.two=2"})
    run = job.run(extra_py_files=aws.put("glue/extra.zip", buffer.getvalue()))
    assert run["JobRunState"] == "SUCCEEDED", run
    assert logged(aws, run, "output") == ["1 2"]
    [part] = [key for key in aws.keys("out/glue/") if key.endswith(".json")]
    assert aws.get(f"s3://lake/{part}") == b'{"name":"from the zip"}\n'


def test_a_failed_run_says_the_exception_that_got_out(aws, wait):
    run = Job(aws, wait, "failing", FAILING).run()
    assert run["JobRunState"] == "FAILED"
    assert run["ErrorMessage"] == "ValueError: no column ratings"
    assert logged(aws, run, "error")[-1] == "ValueError: no column ratings"


def test_a_run_can_be_stopped_and_blocks_another_one_until_then(aws, wait):
    job = Job(aws, wait, "sleeping", SLEEPING)
    run_id = job.start()
    with pytest.raises(ClientError) as refused:
        job.start()
    assert refused.value.response["Error"]["Code"] == "ConcurrentRunsExceededException"
    output = aws.root / f"work/glue/sleeping/{run_id}/stdout"
    wait(lambda: output.exists() and "up" in output.read_text())
    assert job.get(run_id)["JobRunState"] == "RUNNING"
    answer = job.client.batch_stop_job_run(JobName="sleeping", JobRunIds=[run_id, "jr_none"])
    assert [item["JobRunId"] for item in answer["SuccessfulSubmissions"]] == [run_id]
    assert answer["Errors"][0]["ErrorDetail"]["ErrorCode"] == "EntityNotFoundException"
    assert job.until(run_id)["JobRunState"] == "STOPPED"
    assert [process for process in aws.processes() if run_id in " ".join(process.cmdline())] == []


def test_a_run_longer_than_its_timeout_ends_in_timeout(aws, wait):
    job = Job(aws, wait, "slow", SLEEPING, Timeout=1)  # half a second, see FAST_MINUTE
    run = job.run()
    assert run["JobRunState"] == "TIMEOUT"
    assert run["ErrorMessage"] == "Job run exceeded its timeout of 1 minutes"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"additional_python_modules": "none==1", "python_modules_installer_option": "--no-index"},
            "none==1 could not be installed: ERROR: No matching distribution found for none==1",
        ),
        ({"job_bookmark_option": "on"}, "--job-bookmark-option must be one of"),
        ({"extra_py_files": "s3://lake/none.zip"}, "no object at s3://lake/none.zip"),
    ],
)
def test_a_run_that_cannot_start_fails_with_the_reason(aws, wait, arguments, message):
    job = Job(aws, wait, f"broken-{len(message)}", ECHO)
    run = job.run(**arguments)
    assert run["JobRunState"] == "FAILED"
    assert message in run["ErrorMessage"]


def test_a_failed_run_is_retried(aws, wait):
    fails_once = """
import pathlib, sys
marker = pathlib.Path(sys.argv[-1])
if not marker.exists():
    marker.touch()
    raise SystemExit("first")
print("second")
"""
    job = Job(aws, wait, "retried", fails_once, MaxRetries=2)
    first = job.run(marker=str(aws.root / "marker"))
    assert (first["JobRunState"], first["Attempt"]) == ("FAILED", 0)
    again = job.until(f"{first['Id']}_attempt_1")
    assert (again["JobRunState"], again["Attempt"], again["PreviousRunId"]) == ("SUCCEEDED", 1, first["Id"])
    assert logged(aws, again, "output") == ["second"]
    runs = job.client.get_job_runs(JobName="retried")["JobRuns"]
    assert [run["Id"] for run in runs] == [again["Id"], first["Id"]]


def test_a_run_has_the_modules_it_asks_for_and_no_other_run(aws, wait):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as wheel:
        wheel.writestr("whee.py", "NAME = 'from the wheel'")
        wheel.writestr("whee-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: whee\nVersion: 1\n")
        wheel.writestr("whee-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("whee-1.dist-info/RECORD", "")
    address = aws.put("glue/whee-1-py3-none-any.whl", buffer.getvalue())
    job = Job(aws, wait, "modules", "import whee\nprint(whee.NAME)")
    run = job.run(additional_python_modules=address, python_modules_installer_option="--no-index")
    assert run["JobRunState"] == "SUCCEEDED", run
    assert logged(aws, run, "output") == ["from the wheel"]
    assert job.run()["ErrorMessage"] == "ModuleNotFoundError: No module named 'whee'"


def test_logs_appear_while_the_run_goes_on(aws, wait):
    job = Job(aws, wait, "talking", SLEEPING)
    run = job.until(job.start(), "RUNNING")
    wait(lambda: "/aws-glue/jobs/output" in str(aws.client("logs").describe_log_groups()["logGroups"]))
    wait(lambda: logged(aws, run, "output") == ["up"])
    assert job.get(run["Id"])["JobRunState"] == "RUNNING"
    job.client.batch_stop_job_run(JobName="talking", JobRunIds=[run["Id"]])
    assert job.until(run["Id"])["JobRunState"] == "STOPPED"


def test_update_job_replaces_the_definition(aws, wait):
    job = Job(aws, wait, "updated", ECHO, Description="old", DefaultArguments={"--a": "1"})
    created = job.client.get_job(JobName="updated")["Job"]["CreatedOn"]
    command = {"Name": "glueetl", "ScriptLocation": "s3://lake/other.py"}
    job.client.update_job(JobName="updated", JobUpdate={"Role": "new", "Command": command})
    found = job.client.get_job(JobName="updated")["Job"]
    assert (found["Role"], found["Command"], found["CreatedOn"]) == ("new", command, created)
    assert "Description" not in found
    assert not found.get("DefaultArguments")


def test_the_catalog_keeps_tables(aws):
    glue = aws.client("glue")
    glue.create_database(DatabaseInput={"Name": "movies"})
    columns = [{"Name": "movie_id", "Type": "int"}]
    table = {"Name": "ratings", "StorageDescriptor": {"Columns": columns, "Location": "s3://lake/ratings"}}
    glue.create_table(DatabaseName="movies", TableInput=table)
    found = glue.get_table(DatabaseName="movies", Name="ratings")["Table"]
    assert found["StorageDescriptor"]["Columns"] == columns
