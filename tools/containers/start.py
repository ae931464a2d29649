"""Become the program of a container, with what the local stack gives to the same program."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NoReturn

from penstock.errors import did_you_mean
from penstock.layout import Layout
from tools.containers.health import SERVING
from tools.errors import UNUSABLE, ToolError
from tools.serve import champion_bundle, variables
from tools.settings import REPOSITORY
from tools.stack import airflow, postgres
from tools.stack.aws import BUCKET, SERVED_MODEL
from tools.stack.programs import LOCAL_AWS, MLFLOW, Program, airflow_environment, programs

if TYPE_CHECKING:
    from tools.containers.secrets import Secrets
    from tools.credentials import Credentials
    from tools.settings import Settings

_WORKERS = "2"


def start(name: str, settings: Settings, secrets: Secrets) -> NoReturn:
    """Become one of the stack's programs, or the real-time service; raises ToolError for an unknown name."""
    credentials = secrets.credentials()
    if name == SERVING:
        _become(_serving(settings, secrets, credentials))
    known = {each.name: each for each in programs(settings, credentials)}
    if name not in known:
        raise ToolError(f"There is no program {name!r}; {did_you_mean(name, (*known, SERVING))}", status=UNUSABLE)
    if name != LOCAL_AWS:
        folder = settings.home / "mlflow" if name == MLFLOW else settings.airflow_home
        folder.mkdir(parents=True, exist_ok=True)
    if name == "airflow-api-server":
        airflow.write_passwords(settings, credentials)
    _become(known[name])


def migrate(settings: Settings, secrets: Secrets) -> NoReturn:
    """Make the databases what the installed packages expect: the application's, then become `airflow db migrate`."""
    credentials = secrets.credentials()
    if settings.database:
        postgres.create_application_database(settings.database, credentials)
    settings.airflow_home.mkdir(parents=True, exist_ok=True)
    command = (*airflow.executable(settings), "db", "migrate")
    _become(
        Program(name="airflow-migrate", command=command, environment=airflow_environment(settings, credentials)),
    )


def _serving(settings: Settings, secrets: Secrets, credentials: Credentials) -> Program:
    """The service, with the champion if there is one; without, it waits for the first that is promoted."""
    bundle = _champion(settings)
    command = (str(settings.serving), "-m", "serving", "serve", "--workers", _WORKERS, "--bundle", bundle)
    root = Layout(f"s3://{BUCKET}").bundle(SERVED_MODEL, "1").rstrip("/").rpartition("/")[0]
    environment = {
        **variables(settings, credentials, os.environ),
        "PENSTOCK_SERVING_AUTH": "keys",
        "PENSTOCK_SERVING_KEYS_FILE": str(secrets.serving_keys),
        "PENSTOCK_SERVING_HOST": settings.listen,
        "PENSTOCK_SERVING_ROOTS": root,
    }
    return Program(name=SERVING, command=command, environment=environment)


def _champion(settings: Settings) -> str:
    try:
        return champion_bundle(settings)
    except ToolError:  # nothing is promoted yet: the workflow tells the service as soon as something is
        return ""


def _become(program: Program) -> NoReturn:
    os.chdir(REPOSITORY)
    os.execve(program.command[0], program.command, dict(program.environment))  # noqa: S606 - our own command
