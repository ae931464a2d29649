"""The command line of the containers: `python -m tools.containers <command>`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from penstock.errors import PenstockError
from tools.console import console
from tools.containers.secrets import Secrets
from tools.containers.serving_key import make_serving_key
from tools.containers.start import migrate as become_migration
from tools.containers.start import start as become
from tools.errors import FAILED, ToolError
from tools.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

app = typer.Typer(no_args_is_help=True, add_completion=False, help="What the services of docker-compose.yaml run.")
User = Annotated[int | None, typer.Option(help="Whose recommendations the summary shows; the first user if unset.")]


@app.command()
def secrets() -> None:
    """Generate the passwords and keys that are missing."""
    with _reporting():
        made = Secrets.from_environment().generate()
        console.print(f"Generated {', '.join(made)}" if made else "Every secret is there", soft_wrap=True)


@app.command()
def serving_key() -> None:
    """Make the workflows' key to the real-time service, unless there is one."""
    with _reporting():
        made = make_serving_key(Settings.from_environment(), Secrets.from_environment())
        console.print("Made a key" if made else "There is a key")


@app.command()
def start(program: str) -> None:
    """Become a server."""
    with _reporting():
        become(program, Settings.from_environment(), Secrets.from_environment())


@app.command()
def migrate() -> None:
    """Bring the databases to the schema of the installed packages."""
    with _reporting():
        become_migration(Settings.from_environment(), Secrets.from_environment())


@app.command()
def prepare() -> None:
    """Bring code and data to the local AWS, and write the deployment."""
    from tools.containers.prepare import prepare as bring  # noqa: PLC0415 - for Airflow's environment only

    with _reporting():
        found = bring(Settings.from_environment(), Secrets.from_environment().credentials())
        console.print(f"Prepared: {found.detail}", markup=False, soft_wrap=True)


@app.command()
def demo(user: User = None) -> None:
    """Run movie_recommender on the servers and sum it up."""
    from tools.containers.demo import Containers, run_demo  # noqa: PLC0415 - as above

    with _reporting():
        credentials = Secrets.from_environment().credentials()
        run_demo(Containers(settings=Settings.from_environment(), credentials=credentials), user=user)


@contextmanager
def _reporting() -> Iterator[None]:
    """Expected failures become one message and an exit status."""
    try:
        yield
    except PenstockError as error:
        console.print(f"[bold red]Error:[/bold red] {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(error.status if isinstance(error, ToolError) else FAILED) from None


if __name__ == "__main__":
    app()
