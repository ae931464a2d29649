"""What runs in the local stack: each program's command and its whole environment."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.settings import HOST, REPOSITORY, Settings
from tools.stack import airflow
from tools.stack.roles import role_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tools.credentials import Credentials

MARKER = "PENSTOCK_STACK"
"""Every process of a stack carries this variable; its value is the stack's home."""
LOCAL_AWS, MLFLOW = "local-aws", "mlflow"
_KEPT = ("HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR")
"""What a server may know of the shell that started it."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """One server; `waits_for_database` is true for those that need Airflow's schema."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    waits_for_database: bool = False


def programs(settings: Settings, credentials: Credentials) -> list[Program]:
    """Every server of the stack, in the order in which they are shown."""
    return [
        Program(
            name=LOCAL_AWS,
            # The jobs are over before Java's second compiler has paid for itself; the first one's frames are larger.
            command=(*local_aws(settings), "--java-options", "-XX:TieredStopAtLevel=1 -Xss4m"),
            environment=_base(settings, settings.local_python) | _local_aws_keys(settings, credentials),
        ),
        Program(
            name=MLFLOW,
            command=_mlflow(settings),
            environment=_base(settings, settings.local_python) | _mlflow_variables(settings),
        ),
        *(
            Program(
                name=f"airflow-{part}",
                command=(*airflow.executable(settings), part, *options),
                environment=airflow_environment(settings, credentials),
                waits_for_database=True,
            )
            for part, options in airflow.parts(settings).items()
        ),
    ]


def airflow_environment(settings: Settings, credentials: Credentials) -> dict[str, str]:
    """The environment of every Airflow process, `airflow db migrate` included."""
    return _base(settings, settings.airflow_python) | airflow.environment(settings, credentials)


def _base(settings: Settings, python: Path) -> dict[str, str]:
    """A plain machine: no PYTHONPATH, proxy, AWS profile or tuning of the user's shell leaks in."""
    kept = {name: os.environ[name] for name in _KEPT if os.environ.get(name)}
    return {
        "HOME": str(Path.home()),
        "LANG": "C.UTF-8",
        "TMPDIR": tempfile.gettempdir(),
        **kept,
        "PATH": f"{python.parent}:{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONUNBUFFERED": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "DO_NOT_TRACK": "1",
        "SPT_NOENV": "1",  # setproctitle must not overwrite the environment, by which `down` knows its processes
        MARKER: str(settings.home),
    }


def local_aws(settings: Settings) -> tuple[str, ...]:
    """The command of the local AWS, in the stack or alone."""
    options: dict[str, object] = {
        "--root": settings.home / "aws",
        "--port": settings.aws_port,
        "--s3-port": settings.s3_port,
        "--spark-python": settings.spark_python,
        "--state-file": settings.aws_state_file,
    }
    if settings.aws_record:
        options["--record"] = settings.aws_record
    if settings.listen != HOST:
        options |= {"--host": settings.listen, "--name": settings.aws_host}
    flat = (str(part) for option in options.items() for part in option)
    return (str(settings.local_python), "-m", "local_aws", *flat)


def _local_aws_keys(settings: Settings, credentials: Credentials) -> dict[str, str]:
    """In the environment, because every user of the machine can read command lines."""
    return {
        "LOCAL_AWS_ACCESS_KEY": credentials.aws_access_key_id,
        "LOCAL_AWS_SECRET_KEY": credentials.aws_secret_access_key,
        **({"LOCAL_AWS_ROLE_KEYS": role_keys(credentials)} if settings.aws_record else {}),
    }


def _mlflow(settings: Settings) -> tuple[str, ...]:
    home = settings.home / "mlflow"
    options = {
        "--host": settings.listen,
        "--port": settings.mlflow_port,
        "--workers": 1,
        "--backend-store-uri": f"sqlite:///{home / 'mlflow.db'}",
        "--artifacts-destination": home / "artifacts",
    }
    flat = (str(part) for option in options.items() for part in option)
    return (str(settings.local_python), "-m", "mlflow", "server", *flat)


def _mlflow_variables(settings: Settings) -> dict[str, str]:
    """No telemetry, and no job workers, which nothing here uses; in a container, the names that clients use."""
    quiet = {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }
    if settings.listen == HOST:
        return quiet
    names = (settings.mlflow_host, "localhost", HOST)
    return {**quiet, "MLFLOW_SERVER_ALLOWED_HOSTS": ",".join(part for each in names for part in (each, f"{each}:*"))}
