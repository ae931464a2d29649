"""`python -m tools.supply audit|sbom|licences`; `make` calls it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from tools.console import console
from tools.errors import FAILED, ToolError
from tools.settings import REPOSITORY
from tools.supply import audit as audits
from tools.supply import licences as licensing
from tools.supply import locks, policy, sbom

app = typer.Typer(no_args_is_help=True, add_completion=False, help="What Penstock is made of that others wrote.")
Venv = Annotated[Path, typer.Option(help="The folder of the environments.")]
Service = Annotated[str, typer.Option(help="Who knows of vulnerabilities: pypi or osv.")]
OsvUrl = Annotated[str | None, typer.Option(help="An OSV service of one's own.")]
VENV = REPOSITORY / ".venv"
BUILT = REPOSITORY / "build" / "sbom"


def _reporting(command: Callable[..., None]) -> Callable[..., None]:
    """Expected failures become one message and an exit status."""

    @wraps(command)
    def wrapped(*args: object, **kwargs: object) -> None:
        try:
            command(*args, **kwargs)
        except ToolError as error:
            console.print(f"[bold red]Error:[/bold red] {escape(str(error))}", soft_wrap=True)
            raise typer.Exit(error.status) from None

    return wrapped


@app.command()
@_reporting
def audit(venv: Venv = VENV, service: Service = "pypi", osv_url: OsvUrl = None) -> None:
    """Ask for known vulnerabilities of every locked package; one, or a package that nobody knows, is exit status 1."""
    pins = set().union(*locks.read_all().values())
    found = audits.audit(venv / "audit" / "bin" / "python", pins, service=service, osv_url=osv_url)
    judged = audits.judge(found, policy.load().accepted, datetime.now(UTC).date())
    for sentence in [*judged.accepted, *judged.failures]:
        console.print(sentence, markup=False, soft_wrap=True)
    if judged.failures:
        raise typer.Exit(FAILED)
    console.print(
        f"{len(pins)} locked packages have no known vulnerability, but {len(judged.accepted)} that are accepted."
    )


@app.command(name="sbom")
@_reporting
def write_sbom(venv: Venv = VENV, into: Path = BUILT) -> None:
    """Write a CycloneDX document for each environment that is there, checked against its schema and its lock."""
    for name, pins in locks.read_all().items():
        if (venv / name / "bin" / "python").exists():
            count = sbom.write(venv / "audit" / "bin" / "python", venv / name, into / f"{name}.json", pins)
            console.print(f"{into / name}.json: {count} packages", markup=False, soft_wrap=True)


@app.command()
@_reporting
def licences(venv: Venv = VENV) -> None:
    """Write docs/licences.md; the exit status is 1 if a package is under a licence that is not allowed."""
    rules = policy.load()
    known = licensing.installed(venv.glob("*/lib/python3*/site-packages"))
    rows = licensing.rows(locks.read_all(), known, rules)
    (REPOSITORY / licensing.PAGE).write_text("\n".join(licensing.page(rows, rules)) + "\n", encoding="utf-8")
    console.print(f"{len(rows)} packages written to {licensing.PAGE}")
    if sentences := licensing.refused(rows, rules):
        raise ToolError("\n".join(sentences), status=FAILED)


if __name__ == "__main__":
    sys.exit(app(prog_name="python -m tools.supply"))
