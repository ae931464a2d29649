"""What retention finds: objects in a bucket and versions of a model."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from mlflow.tracking import MlflowClient

from penstock.housekeeping import RetentionReport
from penstock.layout import Layout
from workflow.housekeeping.retention import Limits

LATER = datetime.now(UTC) + timedelta(days=100)
Tidy = Callable[..., RetentionReport]
VERSIONS = Limits(runs_days=None, logs_days=None, reports_days=None, versions=2)


@dataclass(frozen=True, kw_only=True)
class Models:
    """Versions of one model."""

    s3: Any
    mlflow: MlflowClient
    layout: Layout
    name: str

    def promote(self, *, source: str = "", champion: bool = True, **tags: str) -> str:
        """Makes a version with a model of 10 bytes in two objects, and a champion of it as a promotion does."""
        source = source or f"{self.layout.models(self.name)}/{uuid.uuid4().hex[:16]}"
        put(self.s3, source, "metadata/part-0", "userFactors/part-0")
        version = self.mlflow.create_model_version(self.name, source=source, tags=tags)
        if champion:
            self.mlflow.set_registered_model_alias(self.name, "champion", version.version)
        return source

    @property
    def numbers(self) -> list[int]:
        return sorted(int(each.version) for each in self.mlflow.search_model_versions(f"name = '{self.name}'"))


def put(s3: Any, uri: str, *keys: str) -> None:
    for key in keys:
        s3.put_object(Bucket="bucket", Key=f"{uri.removeprefix('s3://bucket/')}/{key}", Body=b"12345")


def below(s3: Any, uri: str) -> list[str]:
    prefix = uri.removeprefix("s3://bucket/")
    found = s3.list_objects_v2(Bucket="bucket", Prefix=f"{prefix}/").get("Contents", [])
    return [each["Key"].removeprefix(f"{prefix}/") for each in found]
