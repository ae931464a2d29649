"""Unit tests of the tools: the network is closed, this machine is not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import pytest_socket
from moto import mock_aws

from tools.settings import Settings


@pytest.fixture(autouse=True)
def _only_this_machine() -> Iterator[None]:
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    yield
    pytest_socket._remove_restrictions()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def s3() -> Iterator[Any]:
    """A client of moto's S3 in this process, with a bucket `lake`."""
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="any", aws_secret_access_key="any")
        client.create_bucket(Bucket="lake")
        yield client
