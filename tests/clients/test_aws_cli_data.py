"""The AWS CLI for what is not a cluster: files, Glue jobs and EMR Serverless."""

import json
from pathlib import Path

from tests.clients.local_server import LocalAws, eventually
from tests.clients.test_aws_cli import aws_cli

ROLE = "arn:aws:iam::123456789012:role/any"
GREET = """
import sys
from awsglue.utils import getResolvedOptions
print("hello", getResolvedOptions(sys.argv, ["name"])["name"])
print("a warning", file=sys.stderr)
"""


def test_files_are_copied_synchronised_listed_and_removed(aws: LocalAws, tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    for name in ("a.txt", "deep/b.txt"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(f"content of {name}\n")
    aws_cli("s3", "mb", "s3://files")
    aws_cli("s3", "cp", str(source / "a.txt"), "s3://files/one/a.txt")
    aws_cli("s3", "sync", str(source), "s3://files/all")
    listed = aws_cli("s3", "ls", "s3://files", "--recursive").splitlines()
    assert [line.split()[2:] for line in listed] == [
        ["17", "all/a.txt"],
        ["22", "all/deep/b.txt"],
        ["17", "one/a.txt"],
    ]
    assert aws_cli("s3", "sync", str(source), "s3://files/all") == ""
    aws_cli("s3", "sync", "s3://files/all", str(target))
    assert (target / "deep/b.txt").read_text() == "content of deep/b.txt\n"
    aws_cli("s3", "rm", "s3://files/all", "--recursive")
    assert [line.split()[3] for line in aws_cli("s3", "ls", "s3://files", "--recursive").splitlines()] == ["one/a.txt"]
    aws_cli("s3", "rb", "s3://files", "--force")
    assert "files" not in [bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"]]


def test_a_glue_job_runs_and_its_log_is_read(aws: LocalAws) -> None:
    script = aws.write("s3://lake/code/greet.py", GREET)
    command = f"Name=glueetl,ScriptLocation={script},PythonVersion=3"
    definition = ("--role", ROLE, "--glue-version", "5.0", "--command", command)
    created = aws_cli("glue", "create-job", "--name", "greet", *definition)
    assert created == {"Name": "greet"}
    start = ("glue", "start-job-run", "--job-name", "greet", "--arguments", json.dumps({"--name": "Ada"}))
    run_id = aws_cli(*start)["JobRunId"]
    glue = aws.client("glue")
    eventually(lambda: glue.get_job_run(JobName="greet", RunId=run_id)["JobRun"]["JobRunState"] == "SUCCEEDED")
    job_run = aws_cli("glue", "get-job-run", "--job-name", "greet", "--run-id", run_id)["JobRun"]
    assert (job_run["JobRunState"], job_run["Arguments"]) == ("SUCCEEDED", {"--name": "Ada"})
    events = ("logs", "get-log-events", "--log-stream-name", run_id, "--log-group-name")
    output = [event["message"] for event in aws_cli(*events, "/aws-glue/jobs/output")["events"]]
    assert output == ["hello Ada"]
    errors = [event["message"] for event in aws_cli(*events, "/aws-glue/jobs/error")["events"]]
    assert "a warning" in errors


def test_an_emr_serverless_application_runs_a_job(aws: LocalAws) -> None:
    script = aws.write("s3://lake/code/print.py", "import sys\nprint('got', sys.argv[1])\n")
    named = ("--name", "cli", "--release-label", "emr-7.1.0", "--type", "SPARK")
    application_id = aws_cli("emr-serverless", "create-application", *named)["applicationId"]
    driver = {"sparkSubmit": {"entryPoint": script, "entryPointArguments": ["seven"]}}
    monitoring = {"monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": "s3://lake/serverless/"}}}
    started = aws_cli(
        *("emr-serverless", "start-job-run", "--application-id", application_id, "--execution-role-arn", ROLE),
        *("--job-driver", json.dumps(driver), "--configuration-overrides", json.dumps(monitoring)),
    )
    job = {"applicationId": application_id, "jobRunId": started["jobRunId"]}
    serverless = aws.client("emr-serverless")
    eventually(lambda: serverless.get_job_run(**job)["jobRun"]["state"] in {"SUCCESS", "FAILED"})
    ids = ("--application-id", application_id, "--job-run-id", started["jobRunId"])
    found = aws_cli("emr-serverless", "get-job-run", *ids)["jobRun"]
    assert (found["state"], found["jobDriver"]) == ("SUCCESS", driver)
    log = f"s3://lake/serverless/applications/{application_id}/jobs/{started['jobRunId']}/SPARK_DRIVER/stdout.gz"
    assert aws.log(log) == "got seven\n"
    aws_cli("emr-serverless", "stop-application", "--application-id", application_id)
    aws_cli("emr-serverless", "delete-application", "--application-id", application_id)
    listed = aws_cli("emr-serverless", "list-applications", "--states", "TERMINATED")["applications"]
    assert [each["state"] for each in listed if each["id"] == application_id] == ["TERMINATED"]
