"""A web page must not reach the server through the browser of the user who runs it."""

import http.client
from typing import Any

import pytest

from local_aws.guard import is_foreign


def ask(server: Any, headers: dict[str, str], method: str = "POST") -> tuple[int, dict[str, str]]:
    address = server.connection["endpoint_url"].removeprefix("http://")
    connection = http.client.HTTPConnection(address, timeout=10)
    signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/elasticmapreduce/aws4_request"}
    target = {"X-Amz-Target": "ElasticMapReduce.ListClusters", "Content-Type": "application/x-amz-json-1.1"}
    connection.request(method, "/", body="{}", headers={**signed, **target, **headers})
    answer = connection.getresponse()
    answer.read()
    return answer.status, dict(answer.getheaders())


def test_a_program_is_answered(aws):
    assert ask(aws, {})[0] == 200


@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
def test_a_page_of_another_site_is_refused_and_gets_no_leave_to_read(aws, method):
    status, headers = ask(aws, {"Origin": "https://example.com"}, method)
    assert status == 403
    assert "Access-Control-Allow-Origin" not in headers


def test_a_name_that_points_here_is_refused(aws):
    assert ask(aws, {"Host": "rebound.example.com:8081"})[0] == 403


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
