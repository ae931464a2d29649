"""The provider's Glue operators and sensors, unmodified, in every mode of waiting."""

from collections.abc import Callable

import pytest

from tests.clients.local_server import LocalAws
from tests.clients.provider.conftest import Run

SLEEP_AND_EXIT = """
import sys, time
from awsglue.utils import getResolvedOptions
given = getResolvedOptions(sys.argv, ["seconds", "code"])
time.sleep(int(given["seconds"]))
sys.exit(int(given["code"]))
"""


@pytest.mark.parametrize(
    ("mode", "deferred", "rescheduled"),
    [
        ("sync", set(), set()),
        ("deferrable", {"good", "good_done", "bad_done", "crawl"}, set()),
        ("reschedule", set(), {"good_done", "bad_done", "crawled"}),
    ],
)
def test_job_runs_and_a_crawler(
    aws: LocalAws, run_dag: Callable[[str, str], Run], mode: str, deferred: set[str], rescheduled: set[str]
) -> None:
    aws.write("s3://lake/code/sleep_and_exit.py", SLEEP_AND_EXIT)
    aws.write("s3://lake/crawled/a.csv", "name,age\nAda,36\nGrace,85\n")
    run = run_dag("glue", mode)
    assert run.failed() == {"bad_done"}
    assert (run.deferred, run.rescheduled) == (deferred, rescheduled)
    assert job_run(aws, f"{mode}_good", run.results["good"]) == ("SUCCEEDED", None)
    assert job_run(aws, f"{mode}_bad", run.results["bad"]) == ("FAILED", "The command exited with code 3")
    glue = aws.client("glue")
    columns = glue.get_table(DatabaseName=f"crawled_{mode}", Name="crawled")["Table"]["StorageDescriptor"]["Columns"]
    assert {each["Name"]: each["Type"] for each in columns} == {"name": "string", "age": "bigint"}
    assert f"{mode}_crawler" not in glue.list_crawlers()["CrawlerNames"]


def job_run(aws: LocalAws, job: str, run_id: str) -> tuple[str, str | None]:
    found = aws.client("glue").get_job_run(JobName=job, RunId=run_id)["JobRun"]
    return found["JobRunState"], found.get("ErrorMessage")
