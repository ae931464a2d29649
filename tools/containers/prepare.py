"""What the workflows need to find: bucket, roles, Glue database, code, data, and the deployment that names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from tools import bundle
from tools.credentials import write_private
from tools.datasets.dataset import Dataset, upload
from tools.datasets.locate import locate
from tools.errors import ToolError
from tools.settings import REPOSITORY, Settings
from tools.stack import aws

if TYPE_CHECKING:
    from tools.credentials import Credentials


def prepare(settings: Settings, credentials: Credentials) -> Dataset:
    """Bring all of it, as often as asked; raises ToolError if the local AWS refuses."""
    dataset = locate(settings)
    built = bundle.build_bundle(REPOSITORY)
    deployment = aws.deployment(settings, code_sha=built.sha)
    try:
        aws.provision(settings, credentials)
        s3 = aws.client("s3", settings, credentials)
        bundle.upload(s3, built, deployment.code)
        upload(s3, dataset, deployment.layout)
    except (ClientError, BotoCoreError) as error:
        raise ToolError(f"The local AWS at {settings.aws_url} did not take code and data: {error}") from error
    write_private(settings.deployment_file, deployment.to_json())
    return dataset
