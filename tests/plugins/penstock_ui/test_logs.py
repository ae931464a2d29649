import gzip
import hashlib
from typing import Any

import pytest
from airflow.models.xcom import XComModel
from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook

from penstock.layout import split_uri
from penstock_ui.links import DRIVER_LOG
from tests.plugins.penstock_ui.server import DAG_ID, RUN, RUN_ID, Browser, create_session

LOG = f"{RUN}/log?task_id=train_model"
STEP = "s3://bucket/prefix/logs/j-1/steps/s-1/"


def tell(place: str) -> None:
    """As the operator does in the worker."""
    with create_session() as session:
        XComModel.set(key=DRIVER_LOG, value=place, dag_id=DAG_ID, task_id="train_model", run_id=RUN_ID, session=session)


def put(s3: Any, uri: str, body: bytes) -> None:
    bucket, key = split_uri(uri)
    s3.put_object(Bucket=bucket, Key=key, Body=body)


def test_a_task_that_started_no_job_has_no_log(browser: Browser) -> None:
    answer = browser.get(LOG.replace("train_model", "other"))
    assert answer.status_code == 404
    assert "<h1>No job of other is known in this run</h1>" in answer.text


def test_a_log_that_is_not_uploaded_yet_is_announced(browser: Browser, s3: Any) -> None:
    tell(STEP)
    answer = browser.get(LOG)
    assert answer.status_code == 404
    assert f"There is no log yet at {STEP}" in answer.text
    assert "EMR every 5 minutes" in answer.text


def test_the_last_lines_of_each_stream_are_shown_as_text(browser: Browser, s3: Any) -> None:
    tell(STEP)
    lines = [f"line {number}" for number in range(2_500)]
    put(s3, f"{STEP}stderr.gz", gzip.compress("\n".join([*lines, "<b>the end</b>"]).encode()))
    put(s3, f"{STEP}stdout.gz", gzip.compress(b"one\n"))
    answer = browser.get(LOG)
    assert answer.status_code == 200
    assert "The last 2000 lines." in answer.text
    assert "line 501\n" in answer.text
    assert "line 500\n" not in answer.text
    assert "&lt;b&gt;the end&lt;/b&gt;" in answer.text
    assert "1 lines" not in answer.text
    assert "1 line." in answer.text


def test_secrets_in_a_log_are_masked_in_the_browser(browser: Browser, s3: Any) -> None:
    tell(STEP)
    put(s3, f"{STEP}stderr.gz", gzip.compress(b"one\nAWS_SESSION_TOKEN=IQoJb3\nAuthorization: Basic dXNlcjo=\n\nend"))
    answer = browser.get(LOG)
    assert "one\nAWS_SESSION_TOKEN=***\nAuthorization: ***\n\nend" in answer.text
    assert "5 lines." in answer.text


def test_a_log_that_is_cut_off_is_shown_as_far_as_it_goes(browser: Browser, s3: Any) -> None:
    """AWS replaces it while the job runs."""
    tell(STEP)
    lines = [hashlib.sha256(b"%d" % number).hexdigest() for number in range(1_000)]
    whole = gzip.compress("\n".join(lines).encode())
    put(s3, f"{STEP}stderr.gz", whole[: len(whole) // 2])
    answer = browser.get(LOG)
    assert answer.status_code == 200
    assert "\n".join(lines[:400]) in answer.text
    assert lines[-1] not in answer.text


def test_a_log_of_several_parts_is_shown_whole(browser: Browser, s3: Any) -> None:
    tell(STEP)
    put(s3, f"{STEP}stderr.gz", gzip.compress(b"first\nsecon") + gzip.compress(b"d\nthird\n"))
    assert ">first\nsecond\nthird</pre>" in browser.get(LOG).text


@pytest.mark.parametrize(
    "place",
    [
        "s3://bucket/prefix/runs/income/secret/",
        "s3://another/prefix/logs/j-1/steps/s-1/",
        "s3://bucket/prefix/logs/../runs/",
        "s3://bucket/prefix/logs-of-others/",
        "cloudwatch:/aws/lambda/payroll#stream",
        "/etc/",
        "",
    ],
)
def test_a_place_that_is_no_log_of_this_deployment_is_not_read(browser: Browser, place: str) -> None:
    """Whoever may edit XComs could name any; that nothing is read is seen by there being no S3 here."""
    tell(place)
    answer = browser.get(LOG)
    assert answer.status_code == 403
    assert f"The log lies at {place}" in answer.text


def test_glue_logs_come_from_cloudwatch(browser: Browser, aws: dict[str, str]) -> None:
    tell("cloudwatch:/aws-glue/jobs#jr_1")
    logs = AwsGenericHook(client_type="logs", **{**aws, "region_name": "eu-central-1"}).conn
    logs.create_log_group(logGroupName="/aws-glue/jobs/error")
    logs.create_log_stream(logGroupName="/aws-glue/jobs/error", logStreamName="jr_1")
    now = {"timestamp": 1_795_000_000_000, "message": "AnalysisException: no such column"}
    logs.put_log_events(logGroupName="/aws-glue/jobs/error", logStreamName="jr_1", logEvents=[now])
    answer = browser.get(LOG)
    assert answer.status_code == 200
    assert "AnalysisException: no such column" in answer.text


@pytest.mark.parametrize("map_index", ["-2", "x"])
def test_an_address_that_does_not_fit_is_a_sentence(browser: Browser, map_index: str) -> None:
    answer = browser.get(f"{LOG}&map_index={map_index}")
    assert answer.status_code == 422
    assert "This address does not fit: map_index" in answer.text
