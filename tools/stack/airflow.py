"""Airflow for one machine and one user: sqlite, local processes, and waits short enough to watch."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from penstock.deployment import VARIABLE
from tools.credentials import USER, Credentials, write_private
from tools.settings import HOST, REPOSITORY, Settings
from tools.stack import postgres
from tools.stack.aws import REGION, SERVICE_CONNECTION, SQL_CONNECTION
from tools.stack.roles import AIRFLOW_ROLE, signing_as

if TYPE_CHECKING:
    from pathlib import Path

PLUGINS = REPOSITORY / "plugins"
CONNECTION = "AIRFLOW_CONN_AWS_DEFAULT"


def executable(settings: Settings) -> tuple[str, ...]:
    """Airflow's command line, by the interpreter of its environment."""
    return (str(settings.airflow_python), "-m", "airflow")


def parts(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Airflow's long-running commands; logs are read from disk, so nobody serves them."""
    return {
        "api-server": ("--host", settings.listen, "--port", str(settings.airflow_port), "--workers", "1"),
        "scheduler": ("--skip-serve-logs",),
        "dag-processor": (),
        "triggerer": ("--skip-serve-logs",),
    }


def write_passwords(settings: Settings, credentials: Credentials) -> None:
    """Give SimpleAuthManager the generated password, where it would otherwise invent and print one."""
    write_private(_passwords(settings), json.dumps({USER: credentials.airflow_password}) + "\n")


def environment(settings: Settings, credentials: Credentials) -> dict[str, str]:
    """Airflow's settings, as `AIRFLOW__SECTION__KEY` variables."""
    names = {HOST, "localhost", settings.airflow_host, settings.aws_host, settings.mlflow_host}
    values = {**_core(settings, credentials), **_pace()}
    named = {f"AIRFLOW__{key.replace('.', '__').upper()}": value for key, value in values.items()}
    return {
        **named,
        "AIRFLOW_HOME": str(settings.airflow_home),
        CONNECTION: connection(settings, credentials),
        **publishing(settings, credentials),
        VARIABLE: str(settings.deployment_file),
        # The API server would otherwise be reached through the user's proxy.
        "NO_PROXY": ",".join(sorted(names)),
        # MLflow's client waits seconds between attempts by default; here the server is next door.
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }


def connection(settings: Settings, credentials: Credentials) -> str:
    """The one thing that tells the DAGs' operators that this is not AWS: endpoints on the connection."""
    extra = {
        "region_name": REGION,
        "endpoint_url": settings.aws_url,
        "service_config": {"s3": {"endpoint_url": settings.s3_url}},
    }
    keys = signing_as(AIRFLOW_ROLE, settings, credentials)
    value = {
        "conn_type": "aws",
        "login": keys.aws_access_key_id,
        "password": keys.aws_secret_access_key,
        "extra": extra,
    }
    return json.dumps(value, separators=(",", ":"))


def publishing(settings: Settings, credentials: Credentials) -> dict[str, str]:
    """The connections of the application tables, and of the real-time service if there is one."""
    found: dict[str, dict[str, Any]] = {SQL_CONNECTION: {"conn_type": "sqlite", "host": str(settings.tables_file)}}
    if settings.database:
        found[SQL_CONNECTION] = {"conn_type": "postgres", **postgres.login(settings.database, credentials)}
    if settings.service_url:
        key = {"password": credentials.serving_key} if credentials.serving_key else {}
        found[SERVICE_CONNECTION] = {"conn_type": "http", "host": settings.service_url, **key}
    return {f"AIRFLOW_CONN_{name.upper()}": json.dumps(each) for name, each in found.items()}


def _core(settings: Settings, credentials: Credentials) -> dict[str, str]:
    return {
        "core.dags_folder": str(settings.dags),
        "core.plugins_folder": str(PLUGINS),
        "core.executor": "LocalExecutor",
        "core.parallelism": "4",
        "core.load_examples": "False",
        "core.dags_are_paused_at_creation": "False",
        "core.fernet_key": credentials.fernet_key,
        "core.execution_api_server_url": f"{settings.airflow_url}/execution/",
        "core.simple_auth_manager_users": f"{USER}:admin",
        "core.simple_auth_manager_passwords_file": str(_passwords(settings)),
        "api.base_url": settings.airflow_browser_url,
        "api.secret_key": credentials.api_secret_key,
        "api_auth.jwt_secret": credentials.jwt_secret,
        "database.sql_alchemy_conn": _database(settings, credentials),
        "logging.base_log_folder": str(settings.airflow_home / "logs"),
        "dag_processor.dag_file_processor_timeout": "120",
        "operators.default_deferrable": "True",
        "usage_data_collection.enabled": "False",
    }


def _pace() -> dict[str, str]:
    """Seconds; the defaults are for thousands of tasks on a shared database."""
    return {
        "scheduler.scheduler_idle_sleep_time": "0.2",
        "scheduler.scheduler_heartbeat_sec": "2",
        "scheduler.job_heartbeat_sec": "2",
        "triggerer.job_heartbeat_sec": "2",
        "dag_processor.refresh_interval": "5",
        "dag_processor.min_file_process_interval": "10",
        "dag_processor.bundle_refresh_check_interval": "2",
        "core.min_serialized_dag_update_interval": "5",
        "workers.min_heartbeat_interval": "2",
        # Airflow's 5 s make tasks fail before they begin where the one API worker has a busy machine below it.
        "workers.execution_api_timeout": "60",
        "api.auto_refresh_interval": "1",
    }


def _database(settings: Settings, credentials: Credentials) -> str:
    if settings.database:
        return postgres.airflow_url(settings.database, credentials)
    return f"sqlite:///{settings.airflow_home / 'airflow.db'}"


def _passwords(settings: Settings) -> Path:
    return settings.airflow_home / "passwords.json"
