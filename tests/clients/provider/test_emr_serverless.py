"""The provider's EMR Serverless operators and sensors, unmodified, in every mode of waiting."""

from collections.abc import Callable

import pytest

from tests.clients.local_server import LocalAws
from tests.clients.provider.conftest import Run

EVERY_OPERATOR = {"create", "run_bad", "stop", "delete"}


@pytest.mark.parametrize(
    ("mode", "deferred", "rescheduled"),
    [
        ("sync", set(), set()),
        ("deferrable", EVERY_OPERATOR | {"ran"}, set()),
        ("reschedule", set(), {"ran"}),
    ],
)
def test_an_application_runs_jobs(
    aws: LocalAws, run_dag: Callable[[str, str], Run], mode: str, deferred: set[str], rescheduled: set[str]
) -> None:
    aws.write("s3://lake/code/run.py", "import time\ntime.sleep(1)\nprint('said ten')\n")
    aws.write("s3://lake/code/run_bad.py", "import time\ntime.sleep(1)\nraise ValueError('eleven')\n")
    run = run_dag("emr_serverless", mode)
    end = "CANCELLED" if mode == "reschedule" else "FAILED"
    assert run.failed() == ({"run_bad"} if end == "FAILED" else set())
    assert (run.deferred, run.rescheduled) == (deferred, rescheduled)
    serverless, application = aws.client("emr-serverless"), {"applicationId": run.results["create"]}
    runs = serverless.list_job_runs(**application)["jobRuns"]
    assert [each["state"] for each in runs] == [end, "SUCCESS"]
    log = f"applications/{run.results['create']}/jobs/{run.results['run']}/SPARK_DRIVER/stdout.gz"
    assert aws.log(f"s3://lake/serverless/{log}") == "said ten\n"
    assert serverless.get_application(**application)["application"]["state"] == "TERMINATED"
