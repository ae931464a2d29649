"""A job's own document, in the task's log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from penstock.layout import split_uri

if TYPE_CHECKING:
    from airflow.sdk.types import Logger

LONGEST = 6_000
"""Characters of a document that a log should have to carry; the whole lies on S3."""


def show_document(s3: Any, uri: str, log: Logger) -> None:
    """Log the JSON at `uri`, if there is one; what cannot be read is no failure of the work."""
    if not uri:
        return
    bucket, key = split_uri(uri)
    try:
        text = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
        pretty = json.dumps(json.loads(text), indent=2)
    except (ClientError, BotoCoreError, OSError, ValueError) as error:
        log.warning("%s cannot be shown: %s", uri, error)
        return
    log.info("%s:\n%s%s", uri, pretty[:LONGEST], "\n..." if len(pretty) > LONGEST else "")
