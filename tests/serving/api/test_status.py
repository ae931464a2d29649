import json

import pytest
from typer.testing import CliRunner

from serving.cli import app
from tests.serving.servers import VERSION, error_of, running, settings_for


def test_health(client):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok", "version": VERSION}


def test_numbers_for_prometheus(tmp_path):
    with running(settings_for(tmp_path)) as (client, _):
        for path in ("/v1/genres", "/v1/genres", "/v1/users/1/recommendations?n=0", "/nowhere/7", "/nowhere/8"):
            client.get(path)
        text = client.get("/metrics").text
    lines = set(text.splitlines())
    assert 'penstock_serving_requests_total{method="GET",route="/v1/genres",status="200"} 2.0' in lines
    name = 'penstock_serving_requests_total{method="GET",route="/v1/users/{user_id}/recommendations",status="422"} 1.0'
    assert name in lines
    assert 'penstock_serving_requests_total{method="GET",route="none",status="404"} 2.0' in lines
    assert 'penstock_serving_request_seconds_count{route="/v1/genres"} 2.0' in lines
    assert f'penstock_serving_bundle_info{{model="movie_recommender",version="{VERSION}"}} 1.0' in lines
    assert 'penstock_serving_reloads_total{status="loaded"} 1.0' in lines


def test_what_there_is_not(client):
    expected = (404, "not_found", "There is nothing at /v2; GET /openapi.json lists what there is")
    assert error_of(client.get("/v2")) == expected


def test_a_method_that_there_is_not(client):
    answer = client.post("/v1/genres", json={})
    assert error_of(answer) == (405, "wrong_method", "/v1/genres takes GET, HEAD, not POST")
    assert answer.headers["allow"] == "GET, HEAD"


def test_the_document_is_the_one_that_the_command_prints_but_for_keys(client):
    served = client.get("/openapi.json").json()
    printed = json.loads(CliRunner().invoke(app, ["openapi"]).output)
    assert served["paths"].keys() == printed["paths"].keys()
    assert served["components"] == printed["components"]
    path = "/v1/users/{user_id}/recommendations"
    assert printed["paths"][path]["get"]["security"] == [{"bearer": []}, {"key": []}]
    assert served["paths"][path]["get"]["security"] == []
    assert "401" in printed["paths"][path]["get"]["responses"]
    assert "401" not in served["paths"][path]["get"]["responses"]


def test_the_document_tells_limits_and_examples(client):
    document = client.get("/openapi.json").json()
    found = document["paths"]["/v1/users/{user_id}/recommendations"]["get"]
    parameters = {each["name"]: each for each in found["parameters"]}
    assert parameters["n"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 10}
    assert (parameters["user_id"]["in"], parameters["user_id"]["required"]) == ("path", True)
    assert parameters["exclude_seen"]["schema"] == {"type": "boolean", "default": True}
    assert set(found["responses"]) == {"200", "404", "408", "421", "422", "429", "500", "503"}
    body = document["paths"]["/v1/recommendations/anonymous"]["post"]["requestBody"]["content"]["application/json"]
    assert body["example"] == {"liked": [1, 3114], "n": 5}


@pytest.mark.parametrize("path", ["/v1/genres", "/nowhere"])
def test_every_answer_protects_a_browser(client, path):
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert "server" not in headers or headers["server"] == "uvicorn"  # the command line sends none
