"""Documents on S3, through the deployment's Airflow connection, with the patience of a reader before a browser."""

from __future__ import annotations

import zlib
from collections import deque
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from botocore.exceptions import BotoCoreError, ClientError

from penstock.layout import split_uri
from penstock_ui.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.deployment import Deployment

QUICKLY: dict[str, Any] = {
    "connect_timeout": 3,
    "read_timeout": 15,
    "retries": {"mode": "standard", "total_max_attempts": 2},
}
"""botocore's configuration: seconds."""
LINES = 2_000
"""Shown of a log, from its end."""
CHUNK = 65_536
"""Bytes read at once."""
GZIP = zlib.MAX_WBITS | 16
"""zlib's way of asking for gzip's header."""
MISSING = {"NoSuchKey", "404", "ResourceNotFoundException"}


def read(deployment: Deployment, uri: str) -> bytes | None:
    """What lies at `uri`; None if nothing does. Raises Problem if S3 cannot tell."""
    body = _open(deployment, uri)
    return None if body is None else bytes(body.read())


def tail(deployment: Deployment, uri: str) -> list[str] | None:
    """The last lines of a compressed log, which is never held whole; of one that is cut off, those before."""
    body = _open(deployment, uri)
    if body is None:
        return None
    last = deque(_lines(body), maxlen=LINES)
    return [line.decode(errors="replace") for line in last]


def log_events(deployment: Deployment, group: str, stream: str) -> list[str] | None:
    """The last lines of a stream of CloudWatch Logs; None if there is none."""
    hook = AwsGenericHook(client_type="logs", **_aws(deployment))  # type: ignore[var-annotated]
    try:
        found = hook.conn.get_log_events(logGroupName=group, logStreamName=stream, limit=LINES, startFromHead=False)
    except (ClientError, BotoCoreError, OSError) as error:
        _refuse_unless_missing(error, f"the stream {stream} of {group}", "CloudWatch Logs")
        return None
    return [line for event in found["events"] for line in event["message"].splitlines()]


def _lines(body: Any) -> Iterator[bytes]:
    """Of gzip's members one after the other, as far as they are there."""
    inflate, rest = zlib.decompressobj(wbits=GZIP), b""
    chunk = body.read(CHUNK)
    while chunk:
        *whole, rest = (rest + inflate.decompress(chunk)).split(b"\n")
        yield from whole
        chunk = inflate.unused_data or body.read(CHUNK)
        if inflate.eof:
            inflate = zlib.decompressobj(wbits=GZIP)
    if rest:
        yield rest


def _open(deployment: Deployment, uri: str) -> Any | None:
    bucket, key = split_uri(uri)
    try:
        return S3Hook(**_aws(deployment)).conn.get_object(Bucket=bucket, Key=key)["Body"]
    except (ClientError, BotoCoreError, OSError) as error:
        _refuse_unless_missing(error, uri, "S3")
        return None


def _aws(deployment: Deployment) -> dict[str, Any]:
    return {"aws_conn_id": deployment.aws_conn_id, "region_name": deployment.region, "config": QUICKLY}


def _refuse_unless_missing(error: Exception, what: str, service: str) -> None:
    if isinstance(error, ClientError) and error.response["Error"]["Code"] in MISSING:
        return
    raise Problem(
        502,
        f"{service} does not give {what}: {error}",
        "Open this page again in a minute. If it stays so, the API server's Airflow connection may not read there.",
    ) from error
