"""The pages of the command lines, as Typer documents them: each by the interpreter that runs it."""

from __future__ import annotations

import html
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools.docs.markdown import page, section, table
from tools.errors import ToolError
from tools.settings import REPOSITORY, Settings

TARGET = re.compile(r"^([a-z-]+):[^#\n]*## (.*)$", re.MULTILINE)
"""A target of the Makefile and its comment, as `make help` reads them."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """A command line: `python -m <package>`, and the module that holds its Typer app."""

    package: str
    app: str
    environment: str
    """The name of the environment that has its packages."""
    intro: str

    def page(self, python: Path) -> str:
        """All commands with their options; raises ToolError if the program cannot be asked."""
        return page(f"`python -m {self.package}`", self.intro, *self._sections(python))

    def _sections(self, python: Path) -> list[str]:
        command = [str(python), "-m", "typer", self.app, "utils", "docs", "--name", f"python -m {self.package}"]
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise ToolError(f"{' '.join(command)} failed with status {done.returncode}: {done.stderr.strip()}")
        # Defaults below the checkout as everyone has them.
        text = html.unescape(
            re.sub(r"\*\*Commands\*\*:\n\n(\* .*\n)+\n?", "", done.stdout.replace(f"{REPOSITORY}/", ""))
        )
        # Usage lines are no commands to be typed; only those stand in blocks of the language console.
        text = text.replace("```console\n$ ", "```text\n").partition("\n")[2]
        return [text.replace("**Usage**:\n\n", "").strip()]


PROGRAMS = (
    Program(
        package="tools",
        app="tools.cli",
        environment="local",
        intro="The local stack. `make` calls it with the right interpreter, `.venv/local/bin/python`; so can you.",
    ),
    Program(
        package="local_aws",
        app="local_aws.__main__",
        environment="local",
        intro="The local AWS alone, by `.venv/local/bin/python`. What it does and does not: [local AWS](local-aws.md).",
    ),
    Program(
        package="serving",
        app="serving.cli",
        environment="serving",
        intro="The real-time service, by `.venv/serving/bin/python`. How it is used: [serving](../serving.md).",
    ),
    Program(
        package="models",
        app="models.cli",
        environment="predict",
        intro="The models that batch prediction may ask, by `.venv/predict/bin/python`. How they are used: "
        "[batch_prediction](../workflows/batch_prediction.md).",
    ),
)


def make_page() -> str:
    """Every target of the Makefile with its comment, in the Makefile's own parts."""
    intro = "`make` alone shows this list. Environments are made when they are first needed."
    parts = re.split(r"^##@ (.*)$", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    shown = [
        section(heading, table(("command", "what it does"), [(f"`make {name}`", text) for name, text in found]))
        for heading, body in zip(parts[::2], parts[1::2], strict=True)
        if (found := TARGET.findall(body))
    ]
    return page("`make`", intro, *shown)


def interpreter(environment: str, settings: Settings) -> Path:
    """Of an environment: where the settings say, or beside the others."""
    return settings.local_python if environment == "local" else _beside(environment, settings)


def _beside(environment: str, settings: Settings) -> Path:
    if environment == "serving":
        return settings.serving
    return settings.local_python.parents[2] / environment / "bin" / "python"
