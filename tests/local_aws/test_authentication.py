"""Requests are answered only if a known key has signed them, and refused in AWS's words."""

import datetime as dt
import io
from typing import Any

import boto3
import botocore.auth
import httpx
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.core.utils import utcnow

from local_aws.authentication.client import Signed
from local_aws.authentication.gate import Gate
from local_aws.authentication.keys import Key, Keys

FOREIGN = {"aws_access_key_id": "AKIAFOREIGN", "aws_secret_access_key": "secret"}
INVALID = "The security token included in the request is invalid."
MISMATCH = "The request signature we calculated does not match the signature you provided."
CALLS = {
    "emr": "list_clusters",
    "glue": "get_databases",
    "emr-serverless": "list_applications",
    "iam": "list_users",
    "sts": "get_caller_identity",
    "ec2": "describe_instances",
}


def call(server: Any, service: str, *, unsigned: bool = False, **keys: str) -> dict[str, Any]:
    """Send one harmless request and return the answer."""
    connection = server.connection | keys
    del connection["s3_endpoint_url"]
    more = {"signature_version": UNSIGNED} if unsigned else {}
    client = boto3.client(service, config=Config(retries={"max_attempts": 0}, proxies={}, **more), **connection)
    try:
        return dict(getattr(client, CALLS[service])())
    finally:
        client.close()


def refused(server: Any, service: str, **how: Any) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as error:
        call(server, service, **how)
    response = error.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"], response["Error"]["Message"]


@pytest.mark.parametrize("service", CALLS)
def test_the_servers_own_key_is_accepted_by_every_protocol(aws, service):
    assert call(aws, service)["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("emr", (400, "UnrecognizedClientException", INVALID)),
        ("glue", (400, "UnrecognizedClientException", INVALID)),
        ("emr-serverless", (403, "UnrecognizedClientException", INVALID)),
        ("sts", (403, "InvalidClientTokenId", INVALID)),
        ("ec2", (401, "AuthFailure", "AWS was not able to validate the provided access credentials")),
    ],
)
def test_a_foreign_key_is_unknown(aws, service, expected):
    assert refused(aws, service, **FOREIGN) == expected


@pytest.mark.parametrize(
    ("service", "status", "code"),
    [("emr", 400, "InvalidSignatureException"), ("iam", 403, "SignatureDoesNotMatch"), ("ec2", 401, "AuthFailure")],
)
def test_a_wrong_secret_gives_another_signature(aws, service, status, code):
    found = refused(aws, service, aws_secret_access_key="wrong")
    assert found[:2] == (status, code)
    assert service == "ec2" or found[2].startswith(MISMATCH)


@pytest.mark.parametrize(
    ("service", "code"), [("emr", "MissingAuthenticationTokenException"), ("sts", "MissingAuthenticationToken")]
)
def test_a_request_that_nobody_has_signed_is_refused(aws, service, code):
    assert refused(aws, service, unsigned=True) == (403, code, "Request is missing Authentication Token")


@pytest.mark.parametrize(("minutes", "message"), [(-16, "Signature expired: "), (16, "Signature not yet current: ")])
def test_a_signature_is_good_for_fifteen_minutes(aws, monkeypatch, minutes, message):
    now = botocore.auth.get_current_datetime
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: now() + dt.timedelta(minutes=minutes))
    status, code, said = refused(aws, "emr")
    assert (status, code) == (400, "InvalidSignatureException")
    assert said.startswith(message)
    smaller = dt.timedelta(minutes=minutes * 14 / 16)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: now() + smaller)
    assert "Clusters" in call(aws, "emr")


def test_paths_and_queries_are_signed_as_they_are_sent(aws):
    serverless = aws.client("emr-serverless")
    made = serverless.create_application(name="a b", releaseLabel="emr-7.1.0", type="SPARK", tags={"k": "ü v/+"})
    assert serverless.get_application(applicationId=made["applicationId"])["application"]["tags"] == {"k": "ü v/+"}
    with pytest.raises(serverless.exceptions.ResourceNotFoundException):
        serverless.get_job_run(applicationId="a:b ~c%", jobRunId="ü")
    found = serverless.list_applications(states=["CREATED", "STARTED"], maxResults=50)["applications"]
    assert made["applicationId"] in {item["id"] for item in found}
    serverless.delete_application(applicationId=made["applicationId"])


def signed_then(server: Any, **changes: Any) -> httpx.Response:
    """Sign a request, change it, and send it."""
    headers = {"X-Amz-Target": "ElasticMapReduce.ListClusters", "Content-Type": "application/x-amz-json-1.1"}
    request = httpx.Request("POST", server.connection["endpoint_url"], headers=headers, content=b"{}")
    signed = next(Signed(server.connection, "elasticmapreduce").auth_flow(request))
    headers = dict(signed.headers) | changes.get("headers", {})
    with httpx.Client(trust_env=False) as client:
        return client.post(request.url, headers=headers, content=changes.get("body", b"{}"))


def test_what_was_signed_may_not_be_changed_and_all_that_counts_must_be_signed(aws):
    assert signed_then(aws).status_code == 200
    for changes in ({"body": b"[]"}, {"headers": {"x-amz-target": "ElasticMapReduce.RunJobFlow"}}):
        assert MISMATCH in signed_then(aws, **changes).json()["message"]
    added = signed_then(aws, headers={"x-amz-other": "1"}).json()
    assert added["message"] == "'x-amz-other' must be a 'SignedHeader' in the AWS Authorization."
    hashed = signed_then(aws, headers={"x-amz-content-sha256": "0" * 64}).json()
    assert hashed["__type"] == "InvalidSignatureException"
    for bad in ("Basic a2V5OnNlY3JldA==", "AWS4-HMAC-SHA256 Credential=x", "AWS4-HMAC-SHA256"):
        answer = signed_then(aws, headers={"authorization": bad})
        assert (answer.status_code, answer.json()["__type"]) == (400, "IncompleteSignatureException")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/_local_aws/faults"), ("POST", "/_local_aws/faults"), ("POST", "/moto-api/reset"), ("GET", "/")],
)
def test_nothing_that_tells_or_changes_is_open(aws, method, path):
    with httpx.Client(base_url=aws.connection["endpoint_url"], trust_env=False) as client:
        answer = client.request(method, path, headers={"Accept": "*/*"})
        assert (answer.status_code, answer.json()["__type"]) == (403, "MissingAuthenticationTokenException")
        assert client.get("/_local_aws/health").json() == {"status": "ready"}


def test_keys_of_users_and_of_assumed_roles_sign_too(aws):
    iam = aws.client("iam")
    iam.create_user(UserName="ann")
    made = iam.create_access_key(UserName="ann")["AccessKey"]
    keys = {"aws_access_key_id": made["AccessKeyId"], "aws_secret_access_key": made["SecretAccessKey"]}
    assert call(aws, "sts", **keys)["Arn"].endswith(":user/ann")
    iam.update_access_key(UserName="ann", AccessKeyId=made["AccessKeyId"], Status="Inactive")
    assert refused(aws, "emr", **keys)[1] == "UnrecognizedClientException"
    role = "arn:aws:iam::123456789012:role/any"
    given = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
    keys = {"aws_access_key_id": given["AccessKeyId"], "aws_secret_access_key": given["SecretAccessKey"]}
    assert "Clusters" in call(aws, "emr", aws_session_token=given["SessionToken"], **keys)
    assert refused(aws, "emr", aws_session_token="other", **keys)[1] == "UnrecognizedClientException"
    assert refused(aws, "emr", **keys)[1] == "UnrecognizedClientException"


def test_an_assumed_role_ends():
    key = Key(id="ASIA", secret="s", token="t", expires=utcnow() - dt.timedelta(seconds=1))
    keys = {"aws_access_key_id": "ASIA", "aws_secret_access_key": "s", "region_name": "us-east-1"}
    request = httpx.Request("GET", "http://127.0.0.1/", headers={"x-amz-security-token": "t"})
    signed = next(Signed(keys, "sts").auth_flow(request))
    environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in signed.headers.items()}
    environ |= {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "wsgi.input": io.BytesIO()}
    told: list[str] = []
    body = Gate(None, Keys(own=key))(environ, lambda status, _: told.append(status))
    assert told == ["403 Forbidden"]
    assert b"<Code>ExpiredToken</Code>" in b"".join(body)


def test_a_server_can_be_told_to_take_everything(start_server):
    with start_server("--no-auth") as server:
        assert "Clusters" in call(server, "emr", **FOREIGN)
        with pytest.raises(ClientError, match="InvalidAccessKeyId"):
            boto3.client(
                "s3", endpoint_url=server.connection["s3_endpoint_url"], region_name="us-east-1", **FOREIGN
            ).list_buckets()
