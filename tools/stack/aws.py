"""boto3 clients of the local AWS, and what a stack needs to find there: bucket, roles, Glue database."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from penstock.deployment import Deployment, Service

if TYPE_CHECKING:
    from tools.credentials import Credentials
    from tools.settings import Settings

REGION = "us-east-1"
BUCKET = "penstock-local"
GLUE_DATABASE = "penstock"
SQL_CONNECTION, SERVICE_CONNECTION = "penstock_sql", "penstock_service"
"""Airflow's connections to what champions are published to."""
SERVED_MODEL = "movie_recommender"
EMR_SERVICE_ROLE, EMR_INSTANCE_PROFILE, GLUE_ROLE = "penstock-emr", "penstock-emr-ec2", "penstock-glue"
EMR_SERVERLESS_ROLE = "penstock-emr-serverless"
ACCOUNT = "123456789012"
"""Moto's."""
_TRUSTED_BY = {
    EMR_SERVICE_ROLE: "elasticmapreduce.amazonaws.com",
    EMR_INSTANCE_PROFILE: "ec2.amazonaws.com",
    GLUE_ROLE: "glue.amazonaws.com",
    EMR_SERVERLESS_ROLE: "emr-serverless.amazonaws.com",
}


def client(service: str, settings: Settings, credentials: Credentials) -> Any:
    """A boto3 client of one service of the stack; no proxy, short waits."""
    return boto3.client(
        service,
        endpoint_url=settings.s3_url if service == "s3" else settings.aws_url,
        region_name=REGION,
        aws_access_key_id=credentials.aws_access_key_id,
        aws_secret_access_key=credentials.aws_secret_access_key,
        config=Config(connect_timeout=5, read_timeout=30, proxies={}, s3={"addressing_style": "path"}),
    )


def deployment(settings: Settings, *, code_sha: str, packages_sha: str = "", environment_sha: str = "") -> Deployment:
    """What the DAGs are told about this stack."""
    return Deployment(
        name="local",
        root=f"s3://{BUCKET}",
        code_sha=code_sha,
        packages_sha=packages_sha,
        environment_sha=environment_sha,
        region=REGION,
        mlflow_tracking_uri=settings.mlflow_url,
        emr_service_role=EMR_SERVICE_ROLE,
        emr_instance_profile=EMR_INSTANCE_PROFILE,
        emr_serverless_role=f"arn:aws:iam::{ACCOUNT}:role/{EMR_SERVERLESS_ROLE}",
        glue_role=GLUE_ROLE,
        glue_database=GLUE_DATABASE,
        sql_conn_id=SQL_CONNECTION,
        services=[Service(name="local", model=SERVED_MODEL, conn_id=SERVICE_CONNECTION)] * bool(settings.service_url),
        poll_seconds=1,
    )


def provision(settings: Settings, credentials: Credentials) -> None:
    """Create what is missing; what exists stays as it is."""
    _bucket(client("s3", settings, credentials))
    _roles(client("iam", settings, credentials))
    glue = client("glue", settings, credentials)
    with contextlib.suppress(glue.exceptions.AlreadyExistsException):
        glue.create_database(DatabaseInput={"Name": GLUE_DATABASE, "Description": "Tables of Penstock's runs."})


def _bucket(s3: Any) -> None:
    if BUCKET not in {each["Name"] for each in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=BUCKET)


def _roles(iam: Any) -> None:
    exists = iam.exceptions.EntityAlreadyExistsException
    for role, service in _TRUSTED_BY.items():
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        with contextlib.suppress(exists):
            iam.create_role(RoleName=role, AssumeRolePolicyDocument=policy)
    with contextlib.suppress(exists):
        iam.create_instance_profile(InstanceProfileName=EMR_INSTANCE_PROFILE)
        iam.add_role_to_instance_profile(InstanceProfileName=EMR_INSTANCE_PROFILE, RoleName=EMR_INSTANCE_PROFILE)
