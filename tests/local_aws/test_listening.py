"""A server that listens to more than loopback, as a container's must: it takes fewer liberties."""

import re
import subprocess
import sys
from pathlib import Path

import boto3
import httpx
import psutil
import pytest

from local_aws.authentication.client import Signed

BROWSER = {"Accept": "text/html"}
LIST = {"X-Amz-Target": "ElasticMapReduce.ListClusters", "Content-Type": "application/x-amz-json-1.1"}


@pytest.fixture
def exposed(start_server):
    with start_server("--host", "0.0.0.0", "--name", "local-aws", "--spark-python", sys.executable) as server:
        yield server


def other_address() -> str:
    """An address of this machine that is not loopback, or another loopback one where there is no network."""
    cards = [each for found in psutil.net_if_addrs().values() for each in found if each.family.name == "AF_INET"]
    return next((each.address for each in cards if not each.address.startswith("127.")), "127.0.0.2")


def test_signed_requests_by_a_given_name_are_answered_and_others_refused(exposed):
    connection = exposed.connection
    port = connection["endpoint_url"].rpartition(":")[2]
    url = f"http://{other_address()}:{port}/"
    with httpx.Client(trust_env=False) as client:
        named = {**LIST, "Host": f"local-aws:{port}"}
        signed = client.post(url, headers=named, content="{}", auth=Signed(connection, "elasticmapreduce"))
        assert (signed.status_code, signed.json()) == (200, {"Clusters": []})
        unsigned = client.post(url, headers=named, content="{}")
        assert "MissingAuthenticationToken" in unsigned.text
        strange = client.post(url, headers={**LIST, "Host": f"other:{port}"}, content="{}")
        assert (strange.status_code, strange.text[:8]) == (403, "Refused:")


def test_s3_answers_there_too_and_the_servers_own_commands_find_it_at_loopback(exposed):
    connection = exposed.connection
    s3_url = connection["s3_endpoint_url"]
    assert s3_url.startswith("http://127.0.0.1:")
    keys = {name: connection[name] for name in ("aws_access_key_id", "aws_secret_access_key", "region_name")}
    s3 = boto3.client("s3", endpoint_url=s3_url.replace("127.0.0.1", other_address()), **keys)
    s3.create_bucket(Bucket="lake")
    assert [each["Name"] for each in exposed.client("s3").list_buckets()["Buckets"]] == ["lake"]
    s3.close()


def test_the_status_page_which_asks_for_no_signature_is_off_and_health_is_not(exposed):
    with httpx.Client(base_url=exposed.connection["endpoint_url"], trust_env=False) as client:
        page = client.get("/", headers=BROWSER)
        assert (page.status_code, page.text) == (
            403,
            "this page is not served at --host 0.0.0.0, but at 127.0.0.1 only\n",
        )
        assert client.get("/_local_aws/health").json() == {"status": "ready"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--host", "0.0.0.0", "--no-auth"), "would let anyone in the network run commands here"),
        (("--host", "local-aws"), "expected an IPv4 address such as 0.0.0.0; names go to --name"),
    ],
)
def test_what_would_be_unsafe_or_is_no_address_is_refused(tmp_path: Path, options, words):
    command = [sys.executable, "-m", "local_aws", "--root", str(tmp_path), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"COLUMNS": "400", "PATH": ""})
    assert done.returncode == 2
    assert words in re.sub(r"\s+", " ", done.stderr)
