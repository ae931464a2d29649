"""The command line: ``python -m local_aws``."""

import logging
import secrets
import string
from ipaddress import IPv4Address
from pathlib import Path

import typer

from local_aws import options
from local_aws.faults import command as faults
from local_aws.recording.roles import RoleKey, RoleKeysError, parse_role_keys
from local_aws.settings import HOST, Settings

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")
app.add_typer(faults.app, name="faults")


def check_host(host: str, *, authenticate: bool) -> str:
    """Return the address; raise typer.BadParameter unless it is one, and signatures are checked beyond loopback."""
    try:
        loopback = IPv4Address(host).is_loopback
    except ValueError:
        raise typer.BadParameter(
            f"--host {host}: expected an IPv4 address such as 0.0.0.0; names go to --name"
        ) from None
    if not loopback and not authenticate:
        raise typer.BadParameter(
            f"--host {host} --no-auth would let anyone in the network run commands here: leave out one of the two"
        )
    return host


def _new_access_key() -> str:
    return "LOCA" + "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(16))


def _parsed(role_keys: str) -> dict[str, RoleKey]:
    try:
        return parse_role_keys(role_keys)
    except RoleKeysError as problem:
        raise typer.BadParameter(str(problem)) from None


@app.callback(invoke_without_command=True)
def serve(
    context: typer.Context,
    *,
    root: options.Root = Path(".local-aws"),
    port: options.Port = 8081,
    s3_port: options.S3Port = 8082,
    spark_python: options.SparkPython = options.THIS_PYTHON,
    cores: options.Cores = options.CORES_HERE,
    access_key: options.AccessKey = "",
    secret_key: options.SecretKey = "",
    auth: options.Auth = True,
    region: options.Region = "us-east-1",
    state_file: options.StateFile = Path(".local-aws/connection.json"),
    max_processes: options.MaxProcesses = options.DEFAULT_PLACES,
    engine: options.EngineOption = options.Engine.LOCAL,
    max_workers: options.MaxWorkers = options.CORES_HERE,
    worker_memory_mb: options.WorkerMemory = 1024,
    startup_delay: options.StartupDelay = 0.0,
    log_delay: options.LogDelay = 0.0,
    seconds_per_minute: options.SecondsPerMinute = 60.0,
    warm_up: options.WarmUp = True,
    java_options: options.JavaOptions = "",
    record: options.RecordFile = None,
    role_keys: options.RoleKeys = "",
    host: options.Host = HOST,
    names: options.Names = None,
) -> None:
    """Serve S3, EMR, Glue and moto's other services on this machine until Ctrl-C.

    EMR steps, bootstrap actions and Glue job runs are executed as processes of this machine, with its Spark.
    """
    if context.invoked_subcommand is not None:
        return
    from local_aws.serving import run  # noqa: PLC0415 - moto takes a second, which the other commands do not need

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    settings = Settings(
        root=root.resolve(),
        port=port,
        s3_port=s3_port,
        spark_python=spark_python.absolute(),
        cores=cores,
        access_key=access_key or _new_access_key(),
        secret_key=secret_key or secrets.token_urlsafe(30),
        authenticate=auth,
        region=region,
        state_file=state_file.absolute(),
        max_processes=max_processes,
        engine=engine.value,
        max_workers=max_workers,
        worker_memory_mb=worker_memory_mb,
        startup_delay=startup_delay,
        log_delay=log_delay,
        seconds_per_minute=seconds_per_minute,
        warm_up=warm_up,
        java_options=java_options,
        record_file=record and record.absolute(),
        role_keys=_parsed(role_keys),
        host=check_host(host, authenticate=auth),
        names=tuple(names or ()),
    )
    raise typer.Exit(run(settings))


@app.command()
def coverage() -> None:
    """Print COVERAGE.md: what each operation does here."""
    from local_aws.coverage.document import document  # noqa: PLC0415 - it loads every service model

    typer.echo(document(), nl=False)


if __name__ == "__main__":
    app()
