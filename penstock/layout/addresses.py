"""Names of S3 locations, taken apart and made."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urlsplit

from penstock.errors import PenstockError

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def split_uri(uri: str) -> tuple[str, str]:
    """`s3://bucket/some/key` as `("bucket", "some/key")`; raises PenstockError for anything else."""
    parts = urlsplit(uri)
    if parts.scheme != "s3" or not parts.netloc:
        raise PenstockError(f"{uri!r} is not an S3 location; expected s3://bucket/key")
    return parts.netloc, parts.path.lstrip("/")


def run_key(run_id: str) -> str:
    """A run id as one path segment that S3, Hadoop and Hive accept; distinct ids stay distinct.

    Hadoop refuses colons in relative paths and `+` is a space to some S3 clients, and Airflow's run ids have both.
    """
    safe = _UNSAFE.sub("-", run_id)
    if safe == run_id:
        return run_id
    return f"{safe}-{hashlib.sha256(run_id.encode()).hexdigest()[:8]}"
