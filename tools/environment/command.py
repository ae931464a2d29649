"""`python -m tools spark-environment`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from penstock.layout import Layout
from tools.console import console
from tools.environment.build import build_environment, upload_environment
from tools.environment.recipe import Form, Recipe, find_wheels
from tools.packages import Architecture

if TYPE_CHECKING:
    from tools.environment.build import Environment

Kind = Annotated[
    Form,
    typer.Option(
        help="packages: run by the cluster's own /usr/bin/python3.11. interpreter: with a Python of its own, for EMR "
        "Serverless and for machines without that one."
    ),
]
Machine = Annotated[
    str | None,
    typer.Option(
        "--architecture",
        metavar="ARM64|X86_64",
        help="Of the cluster's machines: m7g is ARM64, m7i X86_64; else this one's.",
    ),
]
Wheels = Annotated[
    Path | None, typer.Option(exists=True, file_okay=False, help="A folder of wheels of your own, all of which go in.")
]
Interpreter = Annotated[
    Path | None,
    typer.Option(
        exists=True, file_okay=False, help="The folder of a relocatable Python 3.11; uv fetches one if unset."
    ),
]
Root = Annotated[
    str | None,
    typer.Option(
        metavar="S3-ROOT", help="Upload it below this root, s3://bucket or s3://bucket/prefix, as the AWS CLI would."
    ),
]


def make(
    home: Path,
    *,
    form: Form,
    architecture: str | None,
    wheels: Path | None,
    interpreter: Path | None,
    upload: str | None,
) -> Environment:
    """Build the archive, show what it is, and upload it if asked to; raises ToolError."""
    recipe = Recipe(
        form=form,
        architecture=Architecture[architecture.upper()] if architecture else Architecture.here(),
        wheels=find_wheels(wheels) if wheels else (),
        interpreter=interpreter,
    )
    built = build_environment(recipe, home, tell=_tell)
    _show(built)
    if upload:
        _upload(built, Layout(upload))
    else:
        _tell("not uploaded: --upload s3://your-bucket; a deployment uses it by its environment_sha")
    return built


def _show(built: Environment) -> None:
    _tell(f"{built.path}")
    _tell(
        f"{built.form} for {built.architecture}: {built.bytes / 1e6:,.0f} MB, "
        f"unpacked {built.unpacked_bytes / 1e6:,.0f} MB"
    )
    _tell(", ".join(f"{name} {version}" for name, version in built.packages.items()))
    _tell(f"environment_sha: {built.sha}")


def _upload(built: Environment, layout: Layout) -> None:
    import boto3  # noqa: PLC0415 - loads slowly, and most builds are not uploaded

    new = upload_environment(boto3.client("s3"), built.path, built.sha, layout)
    _tell(f"{'uploaded to' if new else 'was there:'} {shlex.quote(layout.environment(built.sha))}")


def _tell(line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)
