"""The names that stand in the record's rows for what a deployment decides, as they are in the deployed stacks."""

from __future__ import annotations

import re
from typing import Any

from tests.infra.simulator import ACCOUNT
from tests.infra.stacks import GIVEN

DEPLOYMENT = GIVEN["Deployment"]
BUCKET = f"penstock-{DEPLOYMENT}-{ACCOUNT}-us-east-1"
DATABASE = "no-Tables"
"""What stands for the name of Glue's database, which the local AWS's CloudFormation does not make."""
CLUSTER = f"arn:aws:elasticmapreduce:us-east-1:{ACCOUNT}:cluster/"
APPLICATION = f"arn:aws:emr-serverless:us-east-1:{ACCOUNT}:/applications/"
GLUE = f"arn:aws:glue:us-east-1:{ACCOUNT}:"
TRACKING = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:mlflow-tracking-server/penstock-{DEPLOYMENT}"
WORDS = {"{bucket}": BUCKET, "{deployment}": DEPLOYMENT, "{database}": DATABASE, "*": "x"}
_ID = re.compile(r"\{(cluster|execution|application|run)\}")


def role(name: str) -> str:
    """The ARN of a role by the name that infra/roles gives it."""
    return f"arn:aws:iam::{ACCOUNT}:role/penstock-{DEPLOYMENT}-{name}"


def filled(text: str) -> str:
    """A value of a row with the deployment's names in it, and any id where the rows have a kind of id."""
    for word, name in WORDS.items():
        text = text.replace(word, name)
    text = re.sub(r"\{role:(\w+)\}", lambda found: role(found[1]), text)
    return _ID.sub(lambda found: f"{found[1]}-1", text)


def obj(key: str, bucket: str = BUCKET) -> str:
    """The ARN of an object."""
    return f"arn:aws:s3:::{bucket}/{key}"


def tags(row: dict[str, Any]) -> dict[str, str | list[str]]:
    """The tags of a request and of its resource as condition keys."""
    asked, carried = row["request_tags"], row["resource_tags"]
    context: dict[str, str | list[str]] = {f"aws:RequestTag/{key}": filled(value) for key, value in asked.items()}
    context |= {f"aws:ResourceTag/{key}": filled(value) for key, value in carried.items()}
    return context | ({"aws:TagKeys": sorted(asked)} if asked else {})
