"""What the platform decides: written by the deploy tool or the local stack, read when a DAG file is parsed."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from penstock.documents import Document
from penstock.errors import DeploymentError, DocumentError
from penstock.layout import Code, Layout

VARIABLE = "PENSTOCK_DEPLOYMENT"
FILE = "deployment.json"
_FOLDERS = ("dags", "plugins")
"""Where Airflow's home has the file if no variable names it. Amazon MWAA takes no variables but by a startup script;
its schedulers and workers have a fresh dags/, its web server perhaps the plugins alone."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """A real-time service that serves a model; its address and key are an Airflow connection's."""

    name: str
    model: str
    """The registered model whose champion it serves."""
    conn_id: str
    """Airflow connection of type `http`; its password is the service's admin key, if it asks for one."""


@dataclass(frozen=True, kw_only=True)
class Deployment(Document):
    """Bucket, roles, network, code and services of one environment; no secrets."""

    kind: ClassVar[str] = "deployment"

    name: str
    """Unique in the AWS account and region: housekeeping ends clusters by it."""
    root: str
    """`s3://bucket` or `s3://bucket/prefix`: everything that Penstock writes lies below."""
    code_sha: str
    """Content hash of the code bundle below `<root>/code/`."""
    packages_sha: str = ""
    """Of the archive with the models' packages; empty where none has been built."""
    environment_sha: str = ""
    """SHA-256 of the Spark environment's archive; empty where the machines' own Python has the packages."""
    region: str
    """AWS region of clusters, jobs and bucket."""
    mlflow_tracking_uri: str
    """Any MLflow server's address, or the ARN of a SageMaker managed one."""
    emr_service_role: str
    """Name of the role that EMR itself has."""
    emr_instance_profile: str
    """Name of the instance profile of every node."""
    emr_serverless_role: str = ""
    """ARN of the execution role of EMR Serverless's job runs; only needed by specs that choose it."""
    emr_notebook_role: str = "EMR_Notebooks_DefaultRole"
    """Name or ARN of the service role of EMR's notebook executions; only needed to explore runs."""
    emr_security_configuration: str = ""
    """Name of the security configuration of every cluster; empty for none."""
    emr_security_groups: list[str] = field(default_factory=list)
    """Of primary nodes, of the others, and of EMR itself, in this order; empty for EMR's default groups."""
    glue_role: str
    """Name or ARN of the role of Glue jobs."""
    glue_database: str
    """Of the Glue Data Catalog, for the tables of all runs."""
    aws_conn_id: str = "aws_default"
    """Airflow connection of type `aws`: credentials, and the endpoint where it is not AWS itself."""
    sql_conn_id: str = ""
    """Airflow connection, of type `postgres` or `sqlite`, of the database for application tables; empty for none."""
    services: list[Service] = field(default_factory=list)
    """Who is told to reload when there is a new champion; none, and nothing is deployed."""
    subnet_ids: list[str] = field(default_factory=list)
    """The first is where clusters start, all are EMR Serverless's; none, and EMR chooses."""
    poll_seconds: int = 30
    """How often waiting tasks ask AWS, in seconds."""
    notify: list[str] = field(default_factory=list)
    """Who is told of failed runs, promoted models and reaped clusters: `sns:<topic's ARN>`, `slack:<connection id>`
    of an incoming webhook, `email:<address>`."""

    approvers: list[str] = field(default_factory=list)
    """Who may say yes to a model, by the ids of Airflow's auth manager: FAB's numbers, SimpleAuthManager's user names.
    With any, nothing is promoted without the yes of one of them, whatever `gate_mode` a run is given."""

    @property
    def layout(self) -> Layout:
        """Every S3 location of this deployment."""
        return Layout(self.root)

    @property
    def code(self) -> Code:
        """The deployed bundle of job code."""
        return self.layout.code(self.code_sha)

    def services_of(self, model: str) -> list[Service]:
        """The services that serve a model."""
        return [each for each in self.services if each.model == model]

    @classmethod
    def load(cls) -> Deployment:
        """Read the file that the environment variable PENSTOCK_DEPLOYMENT names, or that of Airflow's home.

        Raises DeploymentError if there is none, or if it is no deployment.
        """
        path = os.environ.get(VARIABLE) or _beside_dags(os.environ.get("AIRFLOW_HOME"))
        try:
            return cls.from_json(Path(path).read_text(encoding="utf-8"), path)
        except OSError as error:
            raise DeploymentError(f"{VARIABLE}={path} cannot be read: {error.strerror}") from error
        except DocumentError as error:
            raise DeploymentError(str(error)) from error


def _beside_dags(home: str | None) -> str:
    for folder in _FOLDERS if home else ():
        path = Path(str(home), folder, FILE)
        if path.is_file():
            return str(path)
    raise DeploymentError(
        f"{VARIABLE} is not set. It names the {FILE} that `make up` writes for the local stack; without it that file "
        f"is looked for in dags/ and plugins/ of AIRFLOW_HOME, which is {home or 'not set'}."
    )
