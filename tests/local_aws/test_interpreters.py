"""Python that an application brings in an archive: who finds it, in which mode, on which service."""

import io
import tarfile

import pytest

from local_aws.interpreters import Interpreters, chosen, of_serverless
from local_aws.submission import parse_submission
from tests.local_aws.conftest import END_OF_STEP, SPARK_PYTHON, eventually

SHIPPED = "./environment/bin/python"
PATIENCE = 240
STARTER = """\
#!/bin/sh
here=$(cd "$(dirname "$0")/.." && pwd)
PYTHONPATH="$here/site:$PYTHONPATH" exec {python} "$@"
"""
PROBE = """
import json, sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
def seen(rows):
    from shipped import WORD
    yield WORD
try:
    from shipped import WORD
except ModuleNotFoundError:
    WORD = "bare"
print(json.dumps([WORD, *spark.sparkContext.parallelize([1], 1).mapPartitions(seen).collect()]))
"""


@pytest.mark.parametrize(
    ("args", "defaults", "expected"),
    [
        ([], {}, Interpreters()),
        ([], {"spark.pyspark.python": "/usr/bin/python3.11"}, Interpreters()),
        (["--conf", "spark.pyspark.python=python3.11"], {}, Interpreters()),
        (
            ["--archives", "s3://b/a.tar.gz#environment,b.zip", "--conf", f"spark.pyspark.python={SHIPPED}"],
            {"spark.pyspark.driver.python": "/usr/bin/python3"},
            Interpreters(workers=SHIPPED, archives=("s3://b/a.tar.gz#environment", "b.zip")),
        ),
        (
            [
                "-c",
                f"spark.pyspark.python={SHIPPED}",
                "--conf=spark.archives=a.zip#environment",
                "--deploy-mode=cluster",
            ],
            {"spark.pyspark.python": "/usr/bin/python3.11"},
            Interpreters(workers=SHIPPED, driver=SHIPPED, contained=True, archives=("a.zip#environment",)),
        ),
    ],
)
def test_only_a_relative_path_is_one_of_an_archive(args, defaults, expected):
    assert chosen(defaults, parse_submission([*args, "a.py"])) == expected


def test_the_drivers_variables_of_emr_serverless_are_sparks_interpreters():
    driver = "spark.emr-serverless.driverEnv."
    assert of_serverless({f"{driver}PYSPARK_PYTHON": "a/b", f"{driver}JAVA_HOME": "/x"}) == {
        "spark.pyspark.python": "a/b"
    }
    assert of_serverless({f"{driver}PYSPARK_DRIVER_PYTHON": "a/b"}) == {"spark.pyspark.driver.python": "a/b"}


@pytest.fixture(scope="module")
def archive(aws) -> str:
    """An archive with one module, run by the interpreter that runs Spark here."""
    files = {"bin/python": STARTER.format(python=SPARK_PYTHON), "site/shipped.py": "WORD = 'shipped'\n"}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as target:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o755
            target.addfile(entry, io.BytesIO(content.encode()))
    return f"{aws.put('environments/environment.tar.gz', buffer.getvalue())}#environment"


@pytest.fixture(scope="module")
def cluster(emr) -> str:
    return str(emr.create())


def submit(emr, cluster, archive, script, *options):
    """Run a step to its end, in more time than the other steps of this tier take: it unpacks its archive first."""
    shipped = ("--archives", archive, "--conf", f"spark.pyspark.python={SHIPPED}")
    [step_id] = emr.add(cluster, emr.step("spark-submit", *shipped, *options, script))
    return step_id, eventually(lambda: (now := emr.status(cluster, step_id))["State"] in END_OF_STEP and now, PATIENCE)


def test_in_client_mode_executors_find_it_and_the_driver_does_not(aws, emr, cluster, archive):
    script = aws.put("code/probe.py", PROBE)
    step_id, status = submit(emr, cluster, archive, script, "--conf", "spark.pyspark.driver.python=/usr/bin/python3")
    assert status["State"] == "COMPLETED"
    assert '["bare", "shipped"]' in aws.log(f"s3://lake/logs/{cluster}/steps/{step_id}/stdout.gz")


def test_a_driver_that_is_started_like_the_executors_is_not_found_in_client_mode(aws, emr, cluster, archive):
    step_id, status = submit(emr, cluster, archive, aws.put("code/probe.py", PROBE))
    assert status["State"] == "FAILED"
    assert 'Cannot run program "./environment/bin/python"' in aws.log(
        f"s3://lake/logs/{cluster}/steps/{step_id}/stderr.gz"
    )


def test_in_cluster_mode_the_driver_finds_it_too(aws, emr, cluster, archive):
    step_id, status = submit(emr, cluster, archive, aws.put("code/probe.py", PROBE), "--deploy-mode", "cluster")
    assert status["State"] == "COMPLETED"
    assert '["shipped", "shipped"]' in aws.log(f"s3://lake/logs/{cluster}/steps/{step_id}/stdout.gz")


def test_emr_serverless_runs_driver_and_executors_by_it(aws, wait, archive):
    client, driver = aws.client("emr-serverless"), "spark.emr-serverless.driverEnv."
    application = client.create_application(name="test", releaseLabel="emr-7.1.0", type="SPARK")["applicationId"]
    parameters = (
        f"--conf spark.archives={archive} --conf {driver}PYSPARK_PYTHON={SHIPPED} "
        f"--conf {driver}PYSPARK_DRIVER_PYTHON={SHIPPED} --conf spark.executorEnv.PYSPARK_PYTHON={SHIPPED}"
    )
    submit = {"entryPoint": aws.put("code/probe.py", PROBE), "sparkSubmitParameters": parameters}
    logs = {"monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": "s3://lake/serverless-logs/"}}}
    run = {"applicationId": application}
    run["jobRunId"] = client.start_job_run(
        applicationId=application,
        executionRoleArn="arn:aws:iam::123456789012:role/job",
        jobDriver={"sparkSubmit": submit},
        configurationOverrides=logs,
    )["jobRunId"]
    ended = wait(
        lambda: (now := client.get_job_run(**run)["jobRun"])["state"] in {"SUCCESS", "FAILED"} and now, PATIENCE
    )
    assert ended["state"] == "SUCCESS", ended["stateDetails"]
    folder = f"s3://lake/serverless-logs/applications/{application}/jobs/{run['jobRunId']}/SPARK_DRIVER"
    assert '["shipped", "shipped"]' in aws.log(f"{folder}/stdout.gz")
