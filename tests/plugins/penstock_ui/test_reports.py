from typing import Any

import pytest

from penstock.layout import Run, split_uri
from tests.plugins.penstock_ui.server import RUN, RUN_ID, Browser, set_state

PAGE = "<!doctype html><title>Report</title><p>86.5 %</p>"


def put(s3: Any, uri: str, text: str) -> None:
    bucket, key = split_uri(uri)
    s3.put_object(Bucket=bucket, Key=key, Body=text.encode())


def test_the_page_is_served_as_its_job_wrote_it_and_may_do_nothing(browser: Browser, s3: Any, run: Run) -> None:
    put(s3, run.report_page, PAGE)
    answer = browser.get(f"{RUN}/report")
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == (
        "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
        "form-action 'none'; frame-ancestors 'self'; base-uri 'none'"
    )
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_its_json_is_beside_it(browser: Browser, s3: Any, run: Run) -> None:
    put(s3, run.report_json, '{"kind": "run_report"}')
    answer = browser.get(f"{RUN}/run.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"kind": "run_report"}


@pytest.mark.parametrize(
    ("state", "sentence", "remedy"),
    [
        ("queued", "There is no report of this run yet: the run is queued", "when all of the run&#39;s work is over"),
        ("running", "There is no report of this run yet: the run is running", "Open this page again then."),
        ("failed", "There is no report of this run, which has ended: failed", "the log of its failed tasks says why"),
    ],
)
def test_without_a_report_it_says_when_one_comes(
    browser: Browser, s3: Any, state: str, sentence: str, remedy: str
) -> None:
    set_state(state)
    answer = browser.get(f"{RUN}/report")
    assert answer.status_code == 404
    assert f"<h1>{sentence}</h1>" in answer.text
    assert remedy in answer.text


@pytest.mark.parametrize("dag_id", ["~", "other", "..%2F..%2Fraw"])
@pytest.mark.parametrize("run_id", [RUN_ID.replace("+", "%2B"), "..%2Fcode"])
def test_only_runs_that_airflow_knows_become_keys(
    browser: Browser, s3: Any, dag_id: str, run_id: str, run: Run
) -> None:
    put(s3, run.report_page, PAGE)
    answer = browser.get(f"/runs/{dag_id}/{run_id}/report")
    assert answer.status_code == 404
    assert PAGE not in answer.text


def test_markup_in_an_address_stays_text(browser: Browser) -> None:
    answer = browser.get("/runs/income/%3Cscript%3Ealert(1)%3C%2Fscript%3E/report".replace("%2F", "/"))
    assert "<script>alert" not in answer.text


def test_an_s3_that_is_away_is_a_sentence(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_PENSTOCK_TEST", "aws://test:test@/?endpoint_url=http%3A%2F%2F127.0.0.1%3A1")
    answer = browser.get(f"{RUN}/report")
    assert answer.status_code == 502
    assert "S3 does not give s3://bucket/prefix/runs/income/" in answer.text
    assert "Open this page again in a minute." in answer.text


def test_a_server_without_its_deployment_says_so(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PENSTOCK_DEPLOYMENT")
    answer = browser.get(f"{RUN}/report")
    assert answer.status_code == 503
    assert "PENSTOCK_DEPLOYMENT is not set." in answer.text
