"""Start the service, look at a bundle, make a key, print the OpenAPI document."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn
from rich.console import Console
from rich.table import Table

from penstock.errors import PenstockError
from serving.security.keys import Role, add_key
from serving.settings import METRICS, PREFIX, Settings
from serving.web.protocol import PatientProtocol

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The real-time recommendation service.")
_KEEP_ALIVE_SECONDS = 20
_FINISH_SECONDS = 10


@app.command()
def serve(
    bundle: Annotated[str, typer.Option(help="The bundle to load first: s3://bucket/.../<version> or a folder.")] = "",
    host: Annotated[str, typer.Option(help="Address to listen at; any but loopback needs AUTH=keys or jwt.")] = "",
    port: Annotated[int | None, typer.Option(help="Port to listen at.", min=1, max=65535)] = None,
    workers: Annotated[int, typer.Option(help="Processes that share the port.", min=1, max=64)] = 1,
) -> None:
    """Serve a bundle over HTTP. Everything else is set by PENSTOCK_SERVING_* variables: docs/serving.md."""
    given: dict[str, Any] = {"bundle": bundle, "host": host, "port": port}
    with _reporting():
        for name, value in given.items():
            if value:
                os.environ[PREFIX + name.upper()] = str(value)
        settings = _prepared(Settings.from_environment())
    Console(stderr=True).print(f"http://{settings.host}:{settings.port}  (Ctrl+C to stop)", highlight=False)
    uvicorn.run(
        "serving.app:create",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=workers,
        loop="uvloop",
        http=PatientProtocol,
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_FINISH_SECONDS,
    )


def _prepared(settings: Settings) -> Settings:
    """A fresh folder in which the workers agree and count; inherited by them through the environment."""
    if settings.fleet is None:
        settings = replace(settings, fleet=settings.cache / "fleets" / f"port-{settings.port}")
    numbers = Path(str(settings.fleet)) / "metrics"
    shutil.rmtree(numbers, ignore_errors=True)
    numbers.mkdir(parents=True, mode=0o700)
    os.environ[PREFIX + "FLEET"] = str(settings.fleet)
    os.environ[METRICS] = str(numbers)
    # A request is one small product: threads of the library would only wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("MKL_NUM_THREADS", "1")
    return settings


@app.command()
def check_bundle(folder: Annotated[Path, typer.Argument(help="The folder that holds manifest.json.")]) -> None:
    """Open a bundle as the service does, every checksum and every element looked at, and say what is in it."""
    from serving.bundle import open_bundle  # noqa: PLC0415 - NumPy reads its variables when it is imported

    with _reporting():
        manifest = open_bundle(folder.absolute()).manifest
    table = Table(box=None, show_header=False)
    for name in ("model", "version", "model_uri", "users", "items", "rank", "genres", "seen"):
        table.add_row(name, str(getattr(manifest, name)))
    table.add_row("bytes", f"{sum(each.bytes for each in manifest.files):,}")
    Console().print(table)


@app.command()
def make_key(
    file: Annotated[Path, typer.Option(help="The file of keys, made if it is not there: PENSTOCK_SERVING_KEYS_FILE.")],
    role: Annotated[Role, typer.Option(help="A reader asks; an admin also loads bundles.")] = Role.READER,
) -> None:
    """Make an API key, keep its hash, and print it: it is shown this once. To revoke it, delete its entry."""
    with _reporting():
        try:
            key = add_key(file, role)
        except ValueError as error:
            raise PenstockError(str(error)) from error
    sys.stdout.write(f"{key}\n")


@app.command()
def openapi() -> None:
    """Print the OpenAPI document."""
    from serving.app import Service  # noqa: PLC0415 - NumPy reads its variables when it is imported

    with tempfile.TemporaryDirectory() as folder:
        found = Service.start(Settings(cache=Path(folder))).document(secured=True)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


@contextmanager
def _reporting() -> Iterator[None]:
    """Expected failures as one line, with exit status 1."""
    try:
        yield
    except PenstockError as error:
        Console(stderr=True).print(str(error), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
