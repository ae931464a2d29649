"""docs/scaling.md: the tables below its commands, written anew by `python -m tools.capacity.page`."""

from __future__ import annotations

import io
import re
import shlex
from contextlib import redirect_stdout
from pathlib import Path

import typer

from tools.capacity.command import capacity
from tools.settings import REPOSITORY

PAGE = Path("docs/scaling.md")
COMMAND = ".venv/local/bin/python -m tools capacity"
_BLOCK = re.compile(rf"(```console\n\$ {re.escape(COMMAND)} ([^\n]+)\n```\n\n).*?(?=\n<!-- end -->)", re.DOTALL)


def with_tables(text: str) -> str:
    """The page with what each of its commands says below it."""
    return _BLOCK.sub(lambda found: found[1] + said(shlex.split(found[2])), text)


def said(arguments: list[str]) -> str:
    """What the command prints."""
    app = typer.Typer(add_completion=False)
    app.command()(capacity)
    with redirect_stdout(io.StringIO()) as written:
        app(arguments, standalone_mode=False)
    return written.getvalue()


def main() -> None:
    """Write the page."""
    path = REPOSITORY / PAGE
    path.write_text(with_tables(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
