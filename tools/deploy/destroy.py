"""Take an environment down: its stacks backwards. Data is nobody's to lose: a bucket that holds any stops it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.errors import ToolError

if TYPE_CHECKING:
    from tools.deploy.target import Target

BUCKET = "AWS::S3::Bucket"
KEY = "key"
"""The template that stays unless asked for: what is encrypted with a key that is gone is gone, backups too."""
WAITING_DAYS = 30
"""The longest that AWS waits; PendingWindowInDays of infra/key.yaml."""
LOGS = "AccessLogsBucketName"
"""Of the bucket that S3 itself goes on writing to: it is kept if it is not empty."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """What one bucket holds."""

    bucket: str
    objects: int
    former: int
    """Former versions and marks of removal, which keep a bucket from being deleted as well."""

    def __str__(self) -> str:
        """As the refusal names it."""
        return f"{self.bucket} ({self.objects:,} objects, {self.former:,} former versions and marks of removal)"


def held(s3: Any, bucket: str) -> Held:
    """Count a bucket's objects and versions."""
    counts: Counter[bool] = Counter()
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        counts.update(each["IsLatest"] for each in page.get("Versions", ()))
        counts[False] += len(page.get("DeleteMarkers", ()))
    return Held(bucket=bucket, objects=counts[True], former=counts[False])


def check(target: Target) -> None:
    """Raise ToolError that names every bucket of the stacks which is not empty, with its counts."""
    target.learn()
    logs = target.outputs.get(LOGS)
    full = [
        found
        for each in _buckets(target)
        if each != logs and ((found := held(target.s3, each)).objects or found.former)
    ]
    if full:
        raise ToolError(
            f"{target.environment.name} is not destroyed: these buckets are not empty: {'; '.join(map(str, full))}. "
            "Save what you need and empty them, former versions too, then repeat the command"
        )


def destroy(target: Target, *, kms: Any = None) -> list[str]:
    """Delete the stacks, the last first, and their empty buckets; returns what is kept, as `type id`.

    With a client of KMS the key goes too, after the 30 days in which AWS lets it be had back.
    """
    check(target)
    retained = [each for name in _there(target) for each in target.stacks.retained(target.templates[name])]
    kept = [f"{kind} {name}" for kind, name in retained if kind != BUCKET]
    for name in reversed(_there(target)):
        if name != KEY or kms is not None:
            target.stacks.remove(name)
    if kms is not None and KEY in target.templates:
        kms.schedule_key_deletion(KeyId=target.need("KeyArn"), PendingWindowInDays=WAITING_DAYS)
    for kind, name in retained:
        if kind == BUCKET and not _delete(target.s3, name):
            kept.append(f"{BUCKET} {name}")
    return sorted(kept)


def _there(target: Target) -> list[str]:
    return [name for name in target.order.names if target.stacks.find(name) is not None]


def _buckets(target: Target) -> list[str]:
    """Of the stacks, and that exist: a repeated destroy finds some gone."""
    retained = [each for name in _there(target) for each in target.stacks.retained(target.templates[name])]
    exist = {each["Name"] for each in target.s3.list_buckets()["Buckets"]}
    return [name for kind, name in retained if kind == BUCKET and name in exist]


def _delete(s3: Any, bucket: str) -> bool:
    """False if it is not empty."""
    found = held(s3, bucket)
    if found.objects or found.former:
        return False
    s3.delete_bucket(Bucket=bucket)
    return True
