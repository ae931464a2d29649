"""Documents on S3, through the provider's hook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from airflow.providers.amazon.aws.hooks.s3 import S3Hook

from penstock.errors import DataError
from penstock.layout import split_uri
from workflow.deployed import RETRIES
from workflow.evidence import Evidence, parse_evidence

if TYPE_CHECKING:
    from penstock.documents import Document

D = TypeVar("D", bound="Document")


def read_document(cls: type[D], uri: str, aws: dict[str, Any]) -> D:
    """Fetch and parse; raises DocumentError, or ClientError if nothing is there."""
    return cls.from_json(read_text(uri, aws), uri)


def write_document(document: Document, uri: str, aws: dict[str, Any]) -> None:
    """Store, replacing what an earlier attempt wrote."""
    write_text(document.to_json(), uri, aws)


def read_evidence(trained_uri: str, judged_uri: str, aws: dict[str, Any]) -> Evidence:
    """What is known about a model; raises DocumentError, or ClientError if nothing is there."""
    return parse_evidence((read_text(trained_uri, aws), trained_uri), (read_text(judged_uri, aws), judged_uri))


def read_text(uri: str, aws: dict[str, Any]) -> str:
    """The object at `uri`; raises ClientError if nothing is there."""
    bucket, key = split_uri(uri)
    return str(_hook(aws).read_key(key, bucket))


def write_text(text: str, uri: str, aws: dict[str, Any]) -> None:
    """Store, replacing what an earlier attempt wrote."""
    bucket, key = split_uri(uri)
    _hook(aws).load_string(text, key, bucket, replace=True)


def copy_document(source: str, target: str, aws: dict[str, Any]) -> str:
    """Copy one object on the server's side; returns where it lies now."""
    (bucket, key), (target_bucket, target_key) = split_uri(source), split_uri(target)
    _hook(aws).copy_object(key, target_key, bucket, target_bucket)
    return target


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
