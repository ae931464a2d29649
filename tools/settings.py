"""Every setting of the tools: its environment variable, default and meaning, in one place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from tools.errors import UNUSABLE, ToolError

REPOSITORY = Path(__file__).resolve().parent.parent
_VENV = REPOSITORY / ".venv"
HOST = "127.0.0.1"
"""Everything listens here and nowhere else, but for containers."""
_ELSEWHERE = ("airflow_host", "aws_host", "mlflow_host", "listen", "airflow_page", "database")

_LAST_PORT = 65535


def setting(variable: str, default: Any, doc: str) -> Any:
    """A dataclass field with the environment variable that sets it and what it means."""
    return field(default=default, metadata={"variable": variable, "doc": doc})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where the local stack lives and listens."""

    home: Path = setting("PENSTOCK_HOME", REPOSITORY / ".penstock", "State, data and logs of the local stack.")
    data: Path | None = setting(
        "PENSTOCK_DATA", None, "A folder that holds ml-latest-small/, adult/ and libsvm/, or the files of one of them."
    )
    dags: Path = setting("PENSTOCK_DAGS", REPOSITORY / "dags", "The DAGs that the local stack runs.")
    local_python: Path = setting("PENSTOCK_LOCAL_PYTHON", _VENV / "local/bin/python", "Runs the tools and servers.")
    airflow_python: Path = setting("PENSTOCK_AIRFLOW_PYTHON", _VENV / "airflow/bin/python", "Runs Airflow.")
    spark_python: Path = setting("PENSTOCK_SPARK_PYTHON", _VENV / "spark/bin/python", "Runs Spark and the jobs.")
    serving: Path = setting("PENSTOCK_SERVING_PYTHON", _VENV / "serving/bin/python", "Runs the real-time service.")
    airflow_port: int = setting("PENSTOCK_AIRFLOW_PORT", 8080, "Airflow's UI and REST API.")
    aws_port: int = setting("PENSTOCK_AWS_PORT", 8081, "The local AWS: EMR, Glue, IAM, CloudWatch Logs.")
    s3_port: int = setting("PENSTOCK_S3_PORT", 8082, "The local AWS: S3.")
    mlflow_port: int = setting("PENSTOCK_MLFLOW_PORT", 8083, "MLflow's UI and API.")
    service_url: str | None = setting(
        "PENSTOCK_SERVICE_URL", None, "A real-time service on this machine that new champions are deployed to."
    )
    spark_environment: Path | None = setting(
        "PENSTOCK_SPARK_ENVIRONMENT", None, "An archive of `make spark-environment` that Spark jobs run from."
    )
    aws_record: Path | None = setting(
        "PENSTOCK_AWS_RECORD", None, "A file to which the local AWS adds every call; roles then sign with own keys."
    )
    airflow_host: str = setting("PENSTOCK_AIRFLOW_HOST", HOST, "Where Airflow is: containers only, as the rest.")
    aws_host: str = setting("PENSTOCK_AWS_HOST", HOST, "Where the local AWS is.")
    mlflow_host: str = setting("PENSTOCK_MLFLOW_HOST", HOST, "Where MLflow is.")
    listen: str = setting("PENSTOCK_LISTEN", HOST, "Where a server listens.")
    airflow_page: str | None = setting(
        "PENSTOCK_AIRFLOW_URL", None, "Airflow's address in a browser, if that is another one."
    )
    database: str | None = setting(
        "PENSTOCK_DATABASE", None, "host:port of a PostgreSQL with Airflow's and the application's tables."
    )
    start_seconds: int = setting("PENSTOCK_START_SECONDS", 180, "How long the stack may take to become healthy.")
    run_seconds: int = setting("PENSTOCK_RUN_SECONDS", 1800, "How long `demo` and `run` follow a run.")

    def __post_init__(self) -> None:
        """Refuse ports that cannot be used together."""
        ports = self.ports
        for variable, port in ports.items():
            if not 0 < port <= _LAST_PORT:
                raise ToolError(f"{variable}={port}: expected a port from 1 to 65535", status=UNUSABLE)
        if len(set(ports.values())) < len(ports):
            shown = ", ".join(f"{variable}={port}" for variable, port in ports.items())
            raise ToolError(f"Every server needs a port of its own; got {shown}", status=UNUSABLE)

    def check_here(self) -> None:
        """Raise ToolError naming the first setting that puts a server elsewhere than on this machine."""
        for each in fields(self):
            elsewhere = each.name in _ELSEWHERE and getattr(self, each.name) != each.default
            if elsewhere:
                variable = each.metadata["variable"]
                raise ToolError(
                    f"{variable}={getattr(self, each.name)} is for containers: the local stack listens at {HOST} and "
                    f"nowhere else. Unset {variable}, or see docs/containers.md",
                    status=UNUSABLE,
                )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read the environment; an empty variable counts as unset."""
        values = {
            each.name: _parse(each.metadata["variable"], each.type, environ[each.metadata["variable"]])
            for each in fields(cls)
            if environ.get(each.metadata["variable"])
        }
        return cls(**values)

    @property
    def ports(self) -> dict[str, int]:
        """Every port by its environment variable."""
        return {each.metadata["variable"]: getattr(self, each.name) for each in fields(self) if "_port" in each.name}

    def check_interpreters(self) -> None:
        """Raise ToolError naming the first environment that has not been made."""
        for each in fields(self):
            python = getattr(self, each.name)
            if each.name.endswith("_python") and not python.exists():
                raise ToolError(
                    f"{each.metadata['variable']}={python} does not exist. Make the environments: make environments",
                    status=UNUSABLE,
                )

    @property
    def airflow_url(self) -> str:
        """Airflow's UI."""
        return f"http://{self.airflow_host}:{self.airflow_port}"

    @property
    def airflow_browser_url(self) -> str:
        """Airflow's UI as the user's browser finds it."""
        return self.airflow_page or self.airflow_url

    @property
    def aws_url(self) -> str:
        """Every service of the local AWS but S3."""
        return f"http://{self.aws_host}:{self.aws_port}"

    @property
    def s3_url(self) -> str:
        """S3 of the local AWS."""
        return f"http://{self.aws_host}:{self.s3_port}"

    @property
    def mlflow_url(self) -> str:
        """MLflow's UI and tracking URI."""
        return f"http://{self.mlflow_host}:{self.mlflow_port}"

    @property
    def airflow_home(self) -> Path:
        """Airflow's database and task logs."""
        return self.home / "airflow"

    @property
    def logs(self) -> Path:
        """What the servers print."""
        return self.home / "logs"

    @property
    def aws_state_file(self) -> Path:
        """Endpoints and keys of the local AWS; present when it is ready."""
        return self.home / "local-aws.json"

    @property
    def deployment_file(self) -> Path:
        """What the DAGs read about this stack."""
        return self.home / "deployment.json"

    @property
    def tables_file(self) -> Path:
        """The sqlite database of the application tables."""
        return self.home / "tables.db"

    @property
    def summary_file(self) -> Path:
        """What the last demo found."""
        return self.home / "demo-summary.json"


def _parse(variable: str, kind: Any, text: str) -> Any:
    if kind == "int":
        try:
            return int(text)
        except ValueError as error:
            raise ToolError(f"{variable}={text}: expected a whole number", status=UNUSABLE) from error
    if kind.startswith("str"):
        return text
    return Path(text).expanduser().absolute()
