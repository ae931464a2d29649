"""An account of its own: moto's server, which the local AWS's CloudFormation is too, with an S3 that keeps versions.

The local AWS serves S3 by another program, which knows nothing of the buckets that CloudFormation makes.
"""

import json
import logging
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.moto_api._internal import moto_api_backend
from moto.server import ThreadedMotoServer

from tests.infra.stacks import ORDER, for_moto
from tools.bundle import Bundle, build_bundle, stored_zip
from tools.deploy import environment as environments
from tools.deploy import release
from tools.deploy.events import Event
from tools.deploy.release import Contents
from tools.deploy.target import Target, target
from tools.package.build import DAGS_ZIP, PLUGINS_ZIP, REQUIREMENTS, SERVING_ZIP
from tools.packages import Packages
from tools.settings import REPOSITORY

DEV = """
region: us-east-1
parameters:
  network: {Nat: false}
  airflow: {Size: micro}
  serving: {Bundle: "s3://penstock-dev-123456789012-us-east-1/bundles/movie_recommender/1"}
deployment:
  poll_seconds: 7
  notify: ["slack:ops"]
  approvers: [anna]
"""
STAGING = """
region: us-east-1
promotes_from: dev
confirm: name
without:
  [endpoints, catalog, emr, mlflow, roles/spark, roles/emr, roles/glue, roles/notebooks, roles/serving,
   roles/workflows, roles/documents, roles/airflow, users, serving, page, alarms, budget]
given:
  AirflowRole: arn:aws:iam::123456789012:role/airflow
  MlflowTrackingUri: https://mlflow.example.org
  EmrServiceRole: EMR_DefaultRole
  EmrInstanceProfile: EMR_EC2_DefaultRole
  GlueRole: AWSGlueServiceRole
  GlueDatabase: penstock
"""
"""Brings everything but a key, buckets, a network and MWAA."""
NUMPY, NEWER_NUMPY = b"NumPy 2.2", b"NumPy 2.3"
"""What archives of Spark environments hold here."""
DATA, AIRFLOW, ACCESS = (f"penstock-dev{part}-123456789012-us-east-1" for part in ("", "-airflow", "-access"))


@dataclass(kw_only=True)
class Account:
    """An AWS account, the folders of templates and environments, and what CloudFormation has said."""

    infra: Path
    environments: Path
    events: list[Event]

    def client(self, service: str) -> Any:
        return boto3.client(service, region_name="us-east-1")

    def target(self, name: str) -> Target:
        self.events.clear()
        return target(
            environments.load(name, self.environments),
            infra=self.infra,
            session=boto3.Session(region_name="us-east-1"),
            listener=self.events.append,
            poll_seconds=0,
        )

    def keep_versions(self, *buckets: str) -> None:
        """What moto's CloudFormation forgets."""
        for each in buckets:
            self.client("s3").put_bucket_versioning(Bucket=each, VersioningConfiguration={"Status": "Enabled"})

    def keys(self, bucket: str, prefix: str = "") -> list[str]:
        answer = self.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)
        return [each["Key"] for each in answer.get("Contents", ())]

    def read(self, bucket: str, key: str) -> bytes:
        content: bytes = self.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return content

    def empty(self, bucket: str) -> None:
        boto3.resource("s3").Bucket(bucket).object_versions.delete()


def said(account: Account, status: str) -> list[str]:
    return [each.stack.removeprefix("penstock-dev-") for each in account.events if each.status == status]


class Json:
    """YAML for templates that are JSON: in moto its parser would take most of the time."""

    Loader = None

    @staticmethod
    def load(text: str, Loader: None) -> Any:  # noqa: N803 - PyYAML's name
        return json.loads(text)

    @staticmethod
    def add_multi_constructor(*_: Any) -> None:
        pass


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    patch = pytest.MonkeyPatch()
    for module in ("models", "responses"):
        patch.setattr(f"moto.cloudformation.{module}.yaml", Json)
    found = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    found.start()
    host, port = found.get_host_and_port()
    yield f"http://{host}:{port}"
    found.stop()
    patch.undo()


@pytest.fixture(scope="session")
def infra(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The templates as moto takes them."""
    folder = tmp_path_factory.mktemp("infra")
    for name in ORDER:
        path = folder / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(for_moto(name)))
    return folder


@pytest.fixture
def account(server: str, infra: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    for name, value in {
        "AWS_ENDPOINT_URL": server,
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / "environments"
    folder.mkdir()
    (folder / "dev.yaml").write_text(DEV)
    (folder / "staging.yaml").write_text(STAGING)
    yield Account(infra=infra, environments=folder, events=[])
    moto_api_backend.reset()


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    return build_bundle(REPOSITORY)


def packed(folder: Path, **dags: str) -> dict[str, Path]:
    """What Airflow and Lambda take, of a few lines."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / DAGS_ZIP, "w") as archive:
        for name, text in dags.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.py"), text)
    (folder / PLUGINS_ZIP).write_bytes(stored_zip({"pages.py": b"PAGES = 0\n"}))
    for name in (REQUIREMENTS, SERVING_ZIP):
        (folder / name).write_bytes(name.encode())
    return {name: folder / name for name in (DAGS_ZIP, PLUGINS_ZIP, REQUIREMENTS, SERVING_ZIP)}


@pytest.fixture
def make(bundle: Bundle, tmp_path: Path) -> Any:
    """A release of this checkout's code with DAGs of one's own, and a stand-in for the Spark environment's archive."""

    def made(*, environment: bytes | None = NUMPY, **dags: str) -> Contents:
        folder = tmp_path / f"release-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        archive = folder / "spark" if environment is not None else None
        if archive:
            archive.write_bytes(environment or b"")
        return release.build(
            REPOSITORY,
            folder,
            bundle=bundle,
            packages=Packages(sha="none", path=tmp_path / "none.zip"),
            spark_environment=archive,
            pack=lambda _, into: packed(into, **dags),
        )

    return made
