"""Which S3 operation a request is, by https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree as ET

OF_OBJECTS = {"GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject", "DELETE": "DeleteObject"}
OF_BUCKETS = {"HEAD": "HeadBucket", "PUT": "CreateBucket", "DELETE": "DeleteBucket"}
SUBRESOURCES = {
    ("GET", "location"): "GetBucketLocation",
    ("GET", "versioning"): "GetBucketVersioning",
    ("PUT", "versioning"): "PutBucketVersioning",
    ("GET", "uploads"): "ListMultipartUploads",
    ("POST", "delete"): "DeleteObjects",
}
"""Of buckets, by the query parameter that tells them apart."""
COPIED_FROM = "x-amz-copy-source"


def operation(method: str, address: str, headers: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Return the operation's name and the bucket, key, prefix and source that it names; headers in lower case."""
    parts = urlsplit(address)
    bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
    query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    if not bucket:
        return "ListBuckets", {}
    if not key:
        return _of_bucket(method, query), {"Bucket": bucket, "Prefix": query.get("prefix", "")}
    named = {"Bucket": bucket, "Key": key, "CopySource": unquote(headers.get(COPIED_FROM, "")).lstrip("/")}
    return _of_object(method, query, headers), {name: value for name, value in named.items() if value}


def deleted_keys(body: bytes) -> list[str]:
    """Return the keys that a DeleteObjects names; none if it is no XML, which S3 refuses."""
    try:
        root = ET.fromstring(body)  # noqa: S314 - expat of Python 3.12 bounds what entities grow to
    except ET.ParseError:
        return []
    return [each.text or "" for each in root.iter() if each.tag.rpartition("}")[2] == "Key"]


def _of_bucket(method: str, query: Mapping[str, str]) -> str:
    for name in query:
        if (method, name) in SUBRESOURCES:
            return SUBRESOURCES[method, name]
    if method == "GET":
        return "ListObjectsV2" if query.get("list-type") == "2" else "ListObjects"
    return OF_BUCKETS.get(method, f"{method}Bucket")


def _of_object(method: str, query: Mapping[str, str], headers: Mapping[str, str]) -> str:
    copied = COPIED_FROM in headers
    if "uploads" in query:
        return "CreateMultipartUpload"
    if "uploadId" in query:
        by_method = {"GET": "ListParts", "POST": "CompleteMultipartUpload", "DELETE": "AbortMultipartUpload"}
        return by_method.get(method, "UploadPartCopy" if copied else "UploadPart")
    if method == "PUT" and copied:
        return "CopyObject"
    return OF_OBJECTS.get(method, f"{method}Object")
