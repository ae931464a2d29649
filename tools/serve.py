"""The real-time service over the local stack: its champion, fetched from its S3 with its keys."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import httpx

from penstock.layout import Layout
from tools.errors import ToolError
from tools.settings import REPOSITORY
from tools.stack.aws import BUCKET, REGION, SERVED_MODEL
from tools.stack.roles import SERVING_ROLE, signing_as

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tools.credentials import Credentials
    from tools.settings import Settings

CHAMPION = "champion"
_WORKERS = 2


def serve(settings: Settings, credentials: Credentials) -> None:
    """Become the service; raises ToolError if there is no champion, or no environment to run it."""
    python = settings.serving
    if not python.exists():
        raise ToolError(f"PENSTOCK_SERVING_PYTHON={python} does not exist. Make the environment: make serve")
    bundle = champion_bundle(settings)
    argv = [str(python), "-m", "serving", "serve", "--workers", str(_WORKERS), "--bundle", bundle]
    os.chdir(REPOSITORY)
    os.execve(python, argv, variables(settings, credentials, os.environ))  # noqa: S606 - the user's own interpreter


def champion_bundle(settings: Settings) -> str:
    """Where the bundle of the registry's champion lies."""
    url = f"{settings.mlflow_url}/api/2.0/mlflow/registered-models/alias"
    try:
        answer = httpx.get(url, params={"name": SERVED_MODEL, "alias": CHAMPION}, trust_env=False)
    except httpx.TransportError as error:
        raise ToolError(f"The stack is not up: {settings.mlflow_url} does not answer. Start it: make up") from error
    if answer.status_code != httpx.codes.OK:
        raise ToolError(f"{SERVED_MODEL} has no champion yet. Train one: make demo")
    source: str = answer.json()["model_version"]["source"]
    return Layout(f"s3://{BUCKET}").bundle(SERVED_MODEL, source.rstrip("/").rpartition("/")[2])


def variables(settings: Settings, credentials: Credentials, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment with the stack's S3 in it."""
    keys = signing_as(SERVING_ROLE, settings, credentials)
    return {
        **environ,
        "AWS_ENDPOINT_URL_S3": settings.s3_url,
        "AWS_ACCESS_KEY_ID": keys.aws_access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.aws_secret_access_key,
        "AWS_DEFAULT_REGION": REGION,
        "PENSTOCK_SERVING_CACHE": str(settings.home / "serving"),
    }
