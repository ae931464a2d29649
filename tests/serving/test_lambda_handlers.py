"""The handlers as Lambda calls them: in a process of its own, one event after the other."""

import json
import os
import subprocess
import sys

import pytest

from tests.serving.api.test_models import NEW, write_version
from tests.serving.servers import REPOSITORY, VERSION, settings_for

CALLS = """
import json, sys
from serving import lambda_handlers
for line in sys.stdin:
    name, event = json.loads(line)
    try:
        answer = getattr(lambda_handlers, name)(event, None)
    except Exception as error:
        answer = {"errorType": type(error).__name__, "errorMessage": str(error)}
    print(json.dumps(answer), flush=True)
"""


@pytest.fixture
def invoke(tmp_path):
    """Calls handlers of one instance; returns what each answers, or what Lambda reports of an error."""
    settings_for(tmp_path)
    write_version(tmp_path)

    def calls(*events, **variables):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PENSTOCK_SERVING_")}
        own = {"PENSTOCK_SERVING_BUNDLE": str(tmp_path / "bundles" / VERSION), "PENSTOCK_SERVING_CACHE": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", CALLS],
            input="\n".join(json.dumps(event) for event in events),
            cwd=REPOSITORY,
            env={**kept, **own, "PENSTOCK_SERVING_ACCESS_LOG": "false", **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return invoke_with(calls, tmp_path)


def invoke_with(calls, folder):
    calls.folder = folder
    return calls


def http_event(path, body, host):
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": host, "content-type": "application/json"},
        "requestContext": {"http": {"method": "POST", "path": path, "sourceIp": "192.0.2.1"}},
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }


def test_the_classic_payloads(invoke):
    model = str(invoke.folder / "bundles" / NEW)
    found = invoke(
        ("recommenderHandler", {"userId": 1}),
        ("genreHandler", {"userId": 7, "genre": "Comedy"}),
        ("genreHandler", {"userId": 7, "genre": ".*"}),
        ("recommenderHandler", {}),
        ("loadHandler", {"s3DataLoc": "", "s3ModelLoc": "/etc"}),
        ("loadHandler", {"s3DataLoc": model, "s3ModelLoc": model}),
        ("loadHandler", {"s3DataLoc": "", "s3ModelLoc": model + "-not-there"}),
        ("recommenderHandler", {"userId": 1}),
    )
    titles = {"result": [" 1: Matrix, The (1999)", " 2: Item 30"]}
    assert found[:4] == [
        titles,
        {"result": [" 1: Amélie (2001)"]},
        {"errorType": "ClassicError", "errorMessage": "404: There is no genre '.*'; GET /v1/genres lists them"},
        {"errorType": "ClassicError", "errorMessage": "422: userId is missing"},
    ]
    assert found[4]["errorMessage"].startswith("403: '/etc': no bundle may be loaded from there")
    assert found[5]["result"].startswith("Request Submitted with ID ")
    assert found[5]["result"].endswith(".  It should be ready shortly.")
    assert found[6]["errorMessage"].startswith(f"503: {model}-not-there/manifest.json: cannot be opened")
    assert found[7] == titles


def test_a_load_call_is_served_by_the_next_call(invoke):
    model = str(invoke.folder / "bundles" / NEW)
    event = http_event("/v1/recommendations/batch", {"user_ids": [1], "n": 1}, "localhost")
    _, answer = invoke(("loadHandler", {"s3ModelLoc": model}), ("recommenderHandler", event))
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["model_version"] == NEW


def test_an_http_event_is_a_request_with_all_its_checks(invoke, tmp_path):
    body = {"userId": 1}
    (refused,) = invoke(("recommenderHandler", http_event("/classic/MoviesRec", body, "abc.lambda-url.on.aws")))
    assert (refused["statusCode"], json.loads(refused["body"])["error"]["code"]) == (421, "wrong_host")


def test_a_bundle_that_cannot_be_loaded_is_an_error_that_says_why(invoke):
    (found,) = invoke(("recommenderHandler", {"userId": 1}), PENSTOCK_SERVING_BUNDLE=str(invoke.folder / "none"))
    assert found["errorMessage"].startswith(f"503: No bundle is loaded: {invoke.folder}/none/manifest.json: cannot be")
