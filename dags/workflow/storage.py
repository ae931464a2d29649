"""Documents on S3, through the provider's hook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from airflow.providers.amazon.aws.hooks.s3 import S3Hook

from penstock.layout import split_uri

if TYPE_CHECKING:
    from penstock.documents import Document

D = TypeVar("D", bound="Document")


def read_document(cls: type[D], uri: str, aws: dict[str, Any]) -> D:
    """Fetch and parse; raises DocumentError, or ClientError if nothing is there."""
    bucket, key = split_uri(uri)
    return cls.from_json(S3Hook(**aws).read_key(key, bucket), uri)


def write_document(document: Document, uri: str, aws: dict[str, Any]) -> None:
    """Store, replacing what an earlier attempt wrote."""
    bucket, key = split_uri(uri)
    S3Hook(**aws).load_string(document.to_json(), key, bucket, replace=True)
