"""Documents on S3, through the provider's hook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from airflow.providers.amazon.aws.hooks.s3 import S3Hook

from penstock.errors import DataError
from penstock.layout import split_uri
from workflow.deployed import RETRIES

if TYPE_CHECKING:
    from penstock.documents import Document

D = TypeVar("D", bound="Document")


def read_document(cls: type[D], uri: str, aws: dict[str, Any]) -> D:
    """Fetch and parse; raises DocumentError, or ClientError if nothing is there."""
    bucket, key = split_uri(uri)
    return cls.from_json(_hook(aws).read_key(key, bucket), uri)


def write_document(document: Document, uri: str, aws: dict[str, Any]) -> None:
    """Store, replacing what an earlier attempt wrote."""
    bucket, key = split_uri(uri)
    _hook(aws).load_string(document.to_json(), key, bucket, replace=True)


def copy_folder(source: str, target: str, aws: dict[str, Any]) -> None:
    """Copy every object below `source` to `target` on the server's side; raises DataError if there is none."""
    hook = _hook(aws)
    (bucket, prefix), (target_bucket, target_prefix) = split_uri(source), split_uri(target)
    keys = hook.list_keys(bucket, prefix=f"{prefix}/")
    if not keys:
        raise DataError(f"{source} holds no objects: the model that was evaluated is gone. Train again.")
    for key in keys:
        hook.copy_object(key, f"{target_prefix}{key[len(prefix) :]}", bucket, target_bucket)


def _hook(aws: dict[str, Any]) -> S3Hook:
    """With the operators' patience: S3 may be away for half a minute."""
    return S3Hook(**aws, config=RETRIES)
