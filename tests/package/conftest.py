"""Packages as they are sent: built once from a package index, for this machine's architecture where that matters."""

import os
import sys
from pathlib import Path

import pytest

from penstock.deployment import Deployment
from tools.package import Packages, build_packages
from tools.packages import Architecture
from tools.settings import REPOSITORY

MWAA_PYTHON = os.environ.get("PENSTOCK_MWAA_PYTHON") or str(Path(sys.prefix).with_name("mwaa") / "bin/python")
"""MWAA's packages and Python 3.12, which is also the Python of the Lambda functions."""
DEPLOYMENT = Deployment(
    name="dev",
    root="s3://lake",
    code_sha="c0ffee",
    region="eu-central-1",
    mlflow_tracking_uri="http://127.0.0.1:1",
    emr_service_role="penstock-emr",
    emr_instance_profile="penstock-nodes",
    glue_role="penstock-glue",
    glue_database="penstock",
)


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    folder = tmp_path_factory.mktemp("package")
    return build_packages(REPOSITORY, folder, deployment=DEPLOYMENT, architecture=Architecture.here())
