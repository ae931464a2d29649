"""S3's calls as IAM actions, and what Hadoop's FileSystem asks for as S3A would ask S3 for it.

S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html. Objects are encrypted with
the deployment's key by the bucket's default (infra/storage.yaml), so reading needs Decrypt and writing GenerateDataKey:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html, which also says why a multipart upload
needs both. S3A is EMR's file system since 7.10; what each operation needs is in
https://hadoop.apache.org/docs/stable/hadoop-aws/tools/hadoop-aws/assumed_roles.html and its sources: HEAD and LIST for
a status, COPY and DELETE for a rename, a zero-byte object for a folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.infra.calls.names import BUCKET, filled, obj
from tests.infra.simulator import Request

READ, WRITE, REMOVE, LIST = "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"
OBJECTS = {
    "GetObject": (READ,),
    "HeadObject": (READ,),
    "PutObject": (WRITE,),
    "CreateMultipartUpload": (WRITE,),
    "UploadPart": (WRITE,),
    "CompleteMultipartUpload": (WRITE,),
    "AbortMultipartUpload": ("s3:AbortMultipartUpload",),
    "ListParts": ("s3:ListMultipartUploadParts",),
    "CopyObject": (WRITE,),
    "DeleteObject": (REMOVE,),
    "DeleteObjects": (REMOVE,),
}
BUCKETS = {
    "ListObjects": LIST,
    "ListObjectsV2": LIST,
    "HeadBucket": LIST,
    "GetBucketLocation": "s3:GetBucketLocation",
    "ListMultipartUploads": "s3:ListBucketMultipartUploads",
}
HADOOP = {
    "open": (READ,),
    "getFileStatus": (READ, LIST),
    "listStatus": (LIST,),
    "create": (READ, LIST, WRITE),
    "mkdirs": (READ, LIST, WRITE),
    "delete": (READ, LIST, REMOVE),
    "rename": (READ, LIST, REMOVE),
}
KMS = {READ: "kms:Decrypt", WRITE: "kms:GenerateDataKey"}


def s3_requests(row: dict[str, Any], key_arn: str) -> Iterator[Request]:
    """What one call to S3 needs."""
    named = row["resources"]
    operation, bucket = row["operation"], filled(named["Bucket"])
    if operation in BUCKETS:
        yield _of_bucket(BUCKETS[operation], bucket, filled(named.get("Prefix", "")))
        return
    keys = named["Keys"] if operation == "DeleteObjects" else [named["Key"]]
    for key in keys:
        for action in OBJECTS[operation]:
            yield from of_object(action, obj(filled(key), bucket), key_arn)
    if operation == "UploadPart":
        yield _kms("kms:Decrypt", key_arn)
    if source := named.get("CopySource"):
        yield from of_object(READ, f"arn:aws:s3:::{filled(source)}", key_arn)


def hadoop_requests(row: dict[str, Any], key_arn: str) -> Iterator[Request]:
    """What one operation of a file system needs."""
    named = row["resources"]
    bucket, key = filled(named["Bucket"]), filled(named["Key"])
    for action in HADOOP[row["operation"]]:
        if action == LIST:
            yield _of_bucket(LIST, bucket, f"{key}/")
        elif key:
            yield from of_object(action, obj(key, bucket), key_arn)
    if target := named.get("Target"):
        yield from of_object(WRITE, obj(filled(target), bucket), key_arn)


def of_object(action: str, arn: str, key_arn: str) -> Iterator[Request]:
    """An action on an object, and what it does with the key by which the object is encrypted."""
    yield Request(action=action, resource=arn)
    if action in KMS:
        yield _kms(KMS[action], key_arn)


def _kms(action: str, key_arn: str) -> Request:
    return Request(action=action, resource=key_arn, context={"kms:ViaService": "s3.us-east-1.amazonaws.com"})


def _of_bucket(action: str, bucket: str, prefix: str) -> Request:
    context: dict[str, str | list[str]] = {"s3:prefix": prefix} if action == LIST else {}
    return Request(action=action, resource=f"arn:aws:s3:::{bucket}", context=context)


FOREIGN = [obj("raw/x", f"not-{BUCKET}"), obj("runs/x", "somebody-elses")]
"""Objects in buckets that are not the deployment's, one by a name much like its."""
