"""Champions as MLflow tells them, and what lies on S3."""

from __future__ import annotations

from typing import Any

import httpx

from penstock.layout import split_uri
from tools.credentials import load_or_create
from tools.stack import aws


def champion(tools: Any, model: str) -> dict[str, Any]:
    """The model version that carries the alias, by MLflow's own API."""
    url = f"{tools.settings.mlflow_url}/api/2.0/mlflow/registered-models/alias"
    answer = httpx.get(url, params={"name": model, "alias": "champion"}, trust_env=False)
    found: dict[str, Any] = answer.json()["model_version"]
    return found


def spark_model(version: dict[str, Any]) -> str:
    """Where the Spark model itself lies, in the version's folder as MLflow lays it out."""
    return f"{version['source']}/sparkml"


def objects(tools: Any, uri: str) -> dict[str, str]:
    """Path below `uri` to ETag."""
    bucket, prefix = split_uri(uri)
    pages = aws.client("s3", tools.settings, load_or_create(tools.home)).get_paginator("list_objects_v2")
    found = [each for page in pages.paginate(Bucket=bucket, Prefix=f"{prefix}/") for each in page["Contents"]]
    return {each["Key"].removeprefix(prefix): each["ETag"] for each in found}
