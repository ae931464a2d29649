"""Who has deployed what and when: one S3 document each, and one that says what is in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from penstock.documents import Document
from penstock.layout import Layout, split_uri


@dataclass(frozen=True, kw_only=True)
class Deployed(Document):
    """One switch of a deployment to a release."""

    kind: ClassVar[str] = "deployed"

    release: str
    """Its content hash."""
    code_sha: str
    packages_sha: str = ""
    """Content hash of the archive of the models' packages; empty without one."""
    environment_sha: str = ""
    """SHA-256 of the Spark environment's archive; empty without one."""
    commit: str = ""
    """Of the checkout that the release was built from."""
    at: str
    """UTC, as 2026-11-21T23:15:00.123456Z."""
    by: str
    """The ARN of who has done it, as AWS's STS says."""
    how: str
    """`apply`, `promote` or `rollback`."""
    former: str = ""
    """The release before; empty for the first."""


def now() -> str:
    """The time as documents have it."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def current(s3: Any, layout: Layout) -> Deployed | None:
    """What is in force, or None before the first deployment."""
    bucket, key = split_uri(layout.current_deployment)
    try:
        text = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "NoSuchBucket"):
            return None
        raise
    return Deployed.from_json(text, layout.current_deployment)


def record(s3: Any, layout: Layout, deployed: Deployed) -> None:
    """Write the document, and then that it is in force."""
    stamp = deployed.at.replace(":", "").replace("-", "")
    for uri in (f"{layout.deployments}/{stamp}-{deployed.release}.json", layout.current_deployment):
        bucket, key = split_uri(uri)
        s3.put_object(Bucket=bucket, Key=key, Body=deployed.to_json().encode(), ContentType="application/json")


def history(s3: Any, layout: Layout, most: int = 20) -> list[Deployed]:
    """The newest first."""
    bucket, prefix = split_uri(f"{layout.deployments}/")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    keys = sorted(each["Key"] for page in pages for each in page.get("Contents", ()))
    stamped = [key for key in keys if key != split_uri(layout.current_deployment)[1]][-most:]
    texts = {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode() for key in reversed(stamped)}
    return [Deployed.from_json(text, f"s3://{bucket}/{key}") for key, text in texts.items()]
