"""`python -m tools deploy <command> <environment>`."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from tools.console import console
from tools.errors import INTERRUPTED, UNUSABLE, ToolError
from tools.reporting import reporting
from tools.settings import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.deploy.apply import Outcome
    from tools.deploy.release import Contents
    from tools.deploy.target import Target

app = typer.Typer(no_args_is_help=True, help="Penstock on AWS: plan, apply, promote, rollback, status, destroy.")
Named = Annotated[str, typer.Argument(metavar="ENV", help="One of environments/, without its ending.")]
Sha = Annotated[str, typer.Argument(metavar="SHA", help="A release, or as much of its hash as names one.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not show the plan first, and ask nothing: for CI.")]
Infra = Annotated[Path, typer.Option(envvar="PENSTOCK_INFRA", help="The folder of the templates.")]
Environments = Annotated[Path, typer.Option(envvar="PENSTOCK_ENVIRONMENTS", help="The folder of the environments.")]
Typed = Annotated[str | None, typer.Option("--name", help="The environment's name again, instead of typing it.")]
WithKey = Annotated[
    bool, typer.Option("--with-key", help="Also end the KMS key, after 30 days; what it encrypts is lost.")
]
INFRA, ENVIRONMENTS = REPOSITORY / "infra", REPOSITORY / "environments"


@app.command()
def plan(environment: Named, infra: Infra = INFRA, environments: Environments = ENVIRONMENTS) -> None:
    """Show what an apply would change, and change nothing."""
    with _met(environment, infra, environments) as (target, folder):
        _show_plan(target, _contents(target, environments, folder))


@app.command()
def apply(
    environment: Named, *, yes: Yes = False, infra: Infra = INFRA, environments: Environments = ENVIRONMENTS
) -> None:
    """Build a release of this checkout, bring the stacks to their templates, switch to it."""
    with _met(environment, infra, environments) as (target, folder):
        if source := target.environment.promotes_from:
            raise ToolError(
                f"{environment} takes what {source} runs and nothing else: make promote ENV={environment}",
                status=UNUSABLE,
            )
        _apply(target, _contents(target, environments, folder), how="apply", yes=yes)


@app.command()
def promote(
    environment: Named, *, yes: Yes = False, infra: Infra = INFRA, environments: Environments = ENVIRONMENTS
) -> None:
    """Copy the release that the environment before this one runs, byte by byte, and switch to it."""
    with _met(environment, infra, environments) as (target, folder):
        if not target.environment.promotes_from:
            raise ToolError(f"{environment} promotes from nowhere: make deploy ENV={environment}", status=UNUSABLE)
        _apply(target, _contents(target, environments, folder), how="promote", yes=yes)


@app.command()
def rollback(
    environment: Named, sha: Sha, *, yes: Yes = False, infra: Infra = INFRA, environments: Environments = ENVIRONMENTS
) -> None:
    """Switch back to a release that was deployed here before; of the stacks only those that take its files change."""
    from tools.deploy import release  # noqa: PLC0415 - boto3 loads slowly

    with _met(environment, infra, environments) as (target, folder):
        target.learn()
        found = release.find(target.s3, target.layout, sha)
        contents = release.fetch(target.s3, found, target.layout, folder)
        _confirm(target, f"Switch {environment} to release {found.sha}?", yes=yes)
        _run(target, contents, "rollback", stacks=target.takers)


@app.command()
def status(environment: Named, infra: Infra = INFRA, environments: Environments = ENVIRONMENTS) -> None:
    """Show the stacks, what is deployed, and what was."""
    from tools.deploy import status as shown  # noqa: PLC0415 - as above

    with _met(environment, infra, environments) as (target, _):
        for table in shown.tables(target):
            console.print(table)


@app.command()
def destroy(
    environment: Named,
    *,
    name: Typed = None,
    with_key: WithKey = False,
    infra: Infra = INFRA,
    environments: Environments = ENVIRONMENTS,
) -> None:
    """Delete every stack of an environment whose buckets are empty; its KMS key stays unless asked for."""
    import boto3  # noqa: PLC0415 - loads slowly

    from tools.deploy import destroy as ending  # noqa: PLC0415 - as above

    with _met(environment, infra, environments) as (target, _):
        ending.check(target)
        console.print(f"This deletes every stack of {environment} in {target.environment.region}, as {target.by}.")
        typed = name if name is not None else typer.prompt(f"Type {environment} to go on")
        if typed != environment:
            raise ToolError(f"Got {typed!r}, expected {environment!r}: nothing was deleted", status=INTERRUPTED)
        kms = boto3.client("kms", region_name=target.environment.region) if with_key else None
        for each in ending.destroy(target, kms=kms):
            console.print(f"kept: {each}", markup=False, soft_wrap=True)
        console.print(f"{environment} is gone. What is kept must be removed by hand before its name is used again.")


@contextmanager
def _met(environment: str, infra: Path, environments: Path) -> Iterator[tuple[Target, Path]]:
    """The environment in its account, and a folder for files that is gone afterwards."""
    import boto3  # noqa: PLC0415 - loads slowly

    from tools.deploy import environment as files  # noqa: PLC0415 - as above
    from tools.deploy.faults import aws_faults  # noqa: PLC0415 - as above
    from tools.deploy.progress import POLL_SECONDS, tell  # noqa: PLC0415 - as above
    from tools.deploy.target import target  # noqa: PLC0415 - as above

    with reporting(), aws_faults(), tempfile.TemporaryDirectory(prefix="penstock-") as folder:
        chosen = files.load(environment, environments)
        session = boto3.Session(region_name=chosen.region)
        yield target(chosen, infra=infra, session=session, listener=tell, poll_seconds=POLL_SECONDS), Path(folder)


def _contents(target: Target, environments: Path, folder: Path) -> Contents:
    from tools.deploy import contents  # noqa: PLC0415 - as above

    if target.environment.promotes_from:
        return contents.promoted(target.environment, environments, folder)
    return contents.built(target.environment, folder)


def _show_plan(target: Target, contents: Contents) -> bool:
    """False if there is nothing to do."""
    from tools.deploy import plan as planning  # noqa: PLC0415 - as above

    found = planning.plan(target, contents)
    for table in planning.tables(found):
        console.print(table)
    if found.empty:
        console.print("Nothing would change.")
    return not found.empty


def _apply(target: Target, contents: Contents, *, how: str, yes: bool) -> None:
    if not yes:
        _show_plan(target, contents)
    _confirm(target, f"Deploy release {contents.release.sha} to {target.environment.name}?", yes=yes)
    _run(target, contents, how)


def _run(target: Target, contents: Contents, how: str, stacks: frozenset[str] | None = None) -> None:
    from tools.deploy.apply import apply as bring  # noqa: PLC0415 - as above

    _show(target, bring(target, contents, how=how, stacks=stacks))


def _confirm(target: Target, question: str, *, yes: bool) -> None:
    """Raise ToolError unless the person agrees, by typing as much as the environment's file asks for."""
    if yes:
        return
    name = target.environment.name
    if target.environment.confirm == "name":
        agreed = typer.prompt(f"{question} Type {name}") == name
    else:
        agreed = typer.confirm(question)
    if not agreed:
        raise ToolError("Nothing was changed.", status=INTERRUPTED)


def _show(target: Target, outcome: Outcome) -> None:
    done = outcome.deployed
    table = Table.grid(padding=(0, 2))
    for name, value in {
        "environment": target.environment.name,
        "release": f"{done.release} (before: {done.former or 'none'})",
        "uploaded": f"{outcome.objects} objects, {len(outcome.dags)} DAG files; {len(outcome.removed)} removed",
        "by": done.by,
        "Airflow": target.outputs.get("AirflowUrl", ""),
        "page": target.outputs.get("PageOrigin", ""),
    }.items():
        if value:
            table.add_row(name, value)
    console.print(table)
