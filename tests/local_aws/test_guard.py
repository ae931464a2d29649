"""A web page must not reach the server through the browser of the user who runs it."""

from typing import Any

import httpx
import pytest

from local_aws.authentication.client import Signed
from local_aws.guard import OWN_NAMES, is_foreign


def ask(server: Any, headers: dict[str, str], method: str = "POST") -> httpx.Response:
    target = {"X-Amz-Target": "ElasticMapReduce.ListClusters", "Content-Type": "application/x-amz-json-1.1"}
    connection = server.connection
    with httpx.Client(auth=Signed(connection, "elasticmapreduce"), trust_env=False) as client:
        return client.request(method, connection["endpoint_url"], content="{}", headers={**target, **headers})


def test_a_program_is_answered(aws):
    assert ask(aws, {}).status_code == 200


@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
def test_a_page_of_another_site_is_refused_and_gets_no_leave_to_read(aws, method):
    answer = ask(aws, {"Origin": "https://example.com"}, method)
    assert answer.text.startswith("Refused: this server answers programs of this machine")
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_name_that_points_here_is_refused(aws):
    answer = ask(aws, {"Host": "rebound.example.com:8081"})
    assert (answer.status_code, answer.text[:8]) == (403, "Refused:")


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({"HTTP_HOST": "127.0.0.1:8081"}, False),
        ({"HTTP_HOST": "localhost:8081"}, False),
        ({"HTTP_HOST": "localhost"}, False),
        ({"HTTP_HOST": "[::1]:8081"}, False),
        ({"HTTP_HOST": "127.0.0.1:8081", "HTTP_ORIGIN": "http://127.0.0.1:8081"}, False),
        ({"HTTP_HOST": "127.0.0.1:8081", "HTTP_ORIGIN": "null"}, True),
        ({"HTTP_HOST": "127.0.0.1:8081", "HTTP_ORIGIN": "http://127.0.0.1:9999"}, True),
        ({"HTTP_HOST": "127.0.0.1:8081", "HTTP_SEC_FETCH_SITE": "cross-site"}, True),
        ({"HTTP_HOST": "127.0.0.1.example.com:8081"}, True),
        ({}, True),
    ],
)
def test_who_is_foreign(headers, foreign):
    assert is_foreign(headers) is foreign


@pytest.mark.parametrize("host", ["local-aws", "local-aws:8081", "127.0.0.1:8081"])
def test_a_name_that_was_given_is_not_foreign(host):
    names = OWN_NAMES | {"local-aws"}
    assert not is_foreign({"HTTP_HOST": host}, names)
    assert is_foreign({"HTTP_HOST": f"not-{host}"}, names)
