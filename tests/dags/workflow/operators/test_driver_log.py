"""Causes in logs as Spark, Java and Python write them, and patience with logs that come late."""

import gzip
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook

from penstock_waits.wait import Outcome
from workflow.operators.driver_log import LINES, LOOKS, LogFolder, cause, explain

FAILED = Outcome(ended="failure", state="FAILED", reason="Unknown Error.")
JAVA = """
26/01/02 03:04:05 ERROR Executor: Exception in task 0.0 in stage 1.0 (TID 1)
Exception in thread "main" org.apache.spark.SparkException: Job aborted.
\tat org.apache.spark.sql.errors.QueryExecutionErrors$.jobAbortedError(QueryExecutionErrors.scala:1)
Caused by: org.apache.spark.SparkException: Task failed while writing rows.
\tat org.apache.spark.scheduler.Task.run(Task.scala:141)
Caused by: java.io.IOException: No space left on device
\tat java.base/java.io.FileOutputStream.writeBytes(Native Method)
\t... 12 more
26/01/02 03:04:06 INFO ShutdownHookManager: Shutdown hook called
"""
PYTHON = """
Traceback (most recent call last):
  File "/tmp/train.py", line 12, in <module>
    main()
penstock.errors.DataError: s3://b/clean holds 0 ratings; expected at least 1.
26/01/02 03:04:06 INFO SparkContext: Invoking stop() from shutdown hook
"""
PYTHON_IN_AN_EXECUTOR = """
py4j.protocol.Py4JJavaError: An error occurred while calling o42.count.
: org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 0.0 failed 4 times
Driver stacktrace:
Caused by: org.apache.spark.api.python.PythonException: Traceback (most recent call last):
  File "/tmp/clean.py", line 3, in parse
ZeroDivisionError: division by zero

\tat org.apache.spark.api.python.BasePythonRunner$ReaderIterator.handlePythonException(PythonRunner.scala:572)
\t... 1 more
"""
ANALYSIS = """
pyspark.errors.exceptions.captured.AnalysisException: [UNRESOLVED_COLUMN] A column `user` cannot be resolved.
'Project ['user]
+- Relation [userId#0] parquet
"""


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (JAVA, "java.io.IOException: No space left on device"),
        (
            PYTHON,
            "penstock.errors.DataError: s3://b/clean holds 0 ratings; expected at least 1.",
        ),
        (PYTHON_IN_AN_EXECUTOR, "ZeroDivisionError: division by zero"),
        (f"Caused by: java.net.ConnectException: refused\n{PYTHON}", PYTHON.splitlines()[4]),
        (ANALYSIS, ANALYSIS.splitlines()[1]),
        ("KeyboardInterrupt\n", "KeyboardInterrupt"),
        ("java.lang.OutOfMemoryError: Java heap space", "java.lang.OutOfMemoryError: Java heap space"),
        ("26/01/02 03:04:06 INFO ErrorHandler: Exceptional weather\nErroneous\n", ""),
        ("", ""),
    ],
)
def test_the_root_cause_is_found(log: str, expected: str) -> None:
    assert cause(log.splitlines()) == expected


@pytest.fixture
def s3(aws: dict[str, str]) -> Any:
    client = AwsGenericHook(client_type="s3", **aws).conn
    client.create_bucket(Bucket="logs")
    return client


def upload(s3: Any, text: str, stream: str = "stderr") -> None:
    s3.put_object(Bucket="logs", Key=f"j-1/steps/s-1/{stream}.gz", Body=gzip.compress(text.encode()))


def told(
    s3: Any,
    outcome: Outcome = FAILED,
    *,
    ended: datetime | None = None,
    after: Mapping[int, str] = {},
    left: float = 3600,
) -> tuple[str, int]:
    """What is said, and after how many pauses; `after` are uploads during them."""
    pauses = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) in after:
            upload(s3, after[len(pauses)])

    folder = LogFolder.of_step(s3, "s3n://logs/", "j-1", "s-1", ended)
    until = datetime.now(UTC) + timedelta(seconds=left)
    said = explain(outcome, folder, log=logging.getLogger("task"), poll_seconds=30, until=until, sleep=sleep)
    return said, len(pauses)


def test_a_log_that_is_there_is_read_at_once(s3: Any) -> None:
    upload(s3, PYTHON)
    said, pauses = told(s3)
    assert said.startswith("ended as FAILED: penstock.errors.DataError: s3://b/clean holds 0 ratings;")
    assert said.endswith("Log: s3://logs/j-1/steps/s-1/")
    assert pauses == 0


def test_a_late_log_is_waited_for(s3: Any) -> None:
    assert told(s3, after={3: "ValueError: late"}) == (
        "ended as FAILED: ValueError: late. Log: s3://logs/j-1/steps/s-1/",
        3,
    )


def test_what_was_uploaded_while_the_work_went_on_is_not_its_end(s3: Any) -> None:
    """EMR uploads every five minutes, and again after the end."""
    upload(s3, "RuntimeError: of a task that was tried again")
    ended = datetime.now(UTC) + timedelta(seconds=11)
    assert told(s3, ended=ended)[1] == LOOKS - 1
    assert "of a task that was tried again" in told(s3, ended=ended)[0]
    assert told(s3, ended=datetime.now(UTC) + timedelta(seconds=5))[1] == 0


def test_a_log_that_never_comes_leaves_awss_reason(s3: Any) -> None:
    assert told(s3) == ("ended as FAILED: Unknown Error.. Log: s3://logs/j-1/steps/s-1/", LOOKS - 1)


def test_patience_ends_with_the_tasks_time(s3: Any) -> None:
    assert [told(s3, left=left)[1] for left in (100, 10, -5)] == [2, 0, 0]


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(ended="failure", state="CANCELLED", reason=""),
        Outcome(ended="timeout", state="RUNNING", reason=""),
        Outcome(ended="refused", state="RUNNING", reason="denied"),
    ],
)
def test_only_a_failure_is_worth_waiting_for(s3: Any, outcome: Outcome) -> None:
    assert told(s3, outcome)[1] == 0


def test_a_broken_file_is_no_log(s3: Any) -> None:
    packed = gzip.compress(PYTHON.encode())
    for body in (packed[:30], b"plain", packed[:12] + b"\xff" * 20 + packed[32:]):
        s3.put_object(Bucket="logs", Key="j-1/steps/s-1/stderr.gz", Body=body)
        assert told(s3)[0] == "ended as FAILED: Unknown Error.. Log: s3://logs/j-1/steps/s-1/"


def test_the_cause_is_found_above_what_is_shown(s3: Any, caplog: pytest.LogCaptureFixture) -> None:
    upload(s3, PYTHON + "INFO stopping\n" * 100)
    upload(s3, "10 rows", "stdout")
    assert "DataError" in told(s3)[0]
    shown = caplog.messages[0].splitlines()
    assert shown[0] == "The last lines of stderr of s3://logs/j-1/steps/s-1/"
    assert shown[1:] == ["INFO stopping"] * LINES
    assert caplog.messages[1] == "The last lines of stdout of s3://logs/j-1/steps/s-1/\n10 rows"


def test_what_a_job_printed_of_its_secrets_is_masked(s3: Any, caplog: pytest.LogCaptureFixture) -> None:
    """The message of a failed task is also sent to people, and kept as an XCom."""
    denied = "botocore.exceptions.ClientError: denied to AKIAIOSFODNN7EXAMPLE"
    upload(s3, f"GET https://b.s3.amazonaws.com/k?X-Amz-Signature=fe5f&v=1\nspark.app.password=hunter2\n{denied}")
    assert told(s3)[0] == (
        "ended as FAILED: botocore.exceptions.ClientError: denied to AKIA***. Log: s3://logs/j-1/steps/s-1/"
    )
    assert "".join(caplog.messages) == (
        "The last lines of stderr of s3://logs/j-1/steps/s-1/\n"
        "GET https://b.s3.amazonaws.com/k?X-Amz-Signature=***&v=1\n"
        "spark.app.password=***\n"
        "botocore.exceptions.ClientError: denied to AKIA***"
    )
