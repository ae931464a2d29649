"""Bundles on S3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from penstock.errors import BundleError
from serving.bundle.sources import CHUNK, S3_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable

_CONFIG = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "max_attempts": 3})


@dataclass(frozen=True, kw_only=True)
class S3Source:
    """A folder on S3; credentials, region and endpoint are those of the environment, as for every AWS client."""

    bucket: str
    prefix: str
    client: Callable[[], Any] = lambda: boto3.client("s3", config=_CONFIG)

    def read(self, name: str) -> Iterator[bytes]:
        """The content in pieces."""
        try:
            body = self.client().get_object(Bucket=self.bucket, Key=f"{self.prefix}/{name}")["Body"]
            with body:
                yield from body.iter_chunks(CHUNK)
        except (BotoCoreError, ClientError) as error:
            raise BundleError(f"{self.where(name)}: cannot be read ({error})") from error

    def where(self, name: str) -> str:
        """The object's URI."""
        return f"{S3_PREFIX}{self.bucket}/{self.prefix}/{name}"
