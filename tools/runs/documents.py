"""Documents of a run, read from S3."""

from __future__ import annotations

from typing import Any, TypeVar

from botocore.exceptions import ClientError

from penstock.documents import Document
from penstock.layout import split_uri

D = TypeVar("D", bound=Document)
_ABSENT = ("NoSuchKey", "404")


def read_document(s3: Any, kind: type[D], uri: str) -> D | None:
    """The document at `uri`; None if there is none. Raises DocumentError for a damaged one."""
    bucket, key = split_uri(uri)
    try:
        content: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] in _ABSENT:
            return None
        raise
    return kind.from_json(content.decode(), uri)
