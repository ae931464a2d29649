"""The workflows that ship: the DAG files, what each says of itself, and the data that its values name."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml  # type: ignore[import-untyped]
from rich.table import Table
from rich.text import Text

from penstock.errors import did_you_mean
from tools.console import console
from tools.datasets.locate import INVENTED, ORIGINS, locate
from tools.errors import UNUSABLE, ToolError

if TYPE_CHECKING:
    from pathlib import Path

    from tools.datasets.dataset import Dataset
    from tools.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """A DAG file and its values."""

    name: str
    """Of the file, of its DAG and of its values."""
    summary: str
    """The first line of the file's docstring."""
    source: dict[str, Any]
    """What its values say about the data; empty for a workflow that reads none."""
    packages: bool = False
    """Whether its jobs need the archive of the models' packages."""

    def data(self, settings: Settings) -> Dataset | None:
        """The files that it reads; None for a workflow that reads none, or data that is not ours to bring.

        Raises ToolError if it reads files that the dataset does not have: its run would wait for them for hours.
        """
        name = self.source.get("dataset")
        known = {**ORIGINS, **INVENTED}
        origin = known.get(str(name))
        if name is None:
            return None
        if origin is None:
            console.print(
                f"There is no data for the dataset {name!r} here (known: {', '.join(known)}): the run waits until "
                "you put it where the workflow looks for it.",
                style="yellow",
                markup=False,
            )
            return None
        wanted = self.source.get("files") or {}
        if unknown := [each for each in wanted.values() if each not in origin.files]:
            raise ToolError(
                f"specs/{self.name}.yaml: source.files names {', '.join(unknown)}, but the dataset {name!r} is "
                f"{' and '.join(origin.files)}",
                status=UNUSABLE,
            )
        return locate(settings, origin)


def workflows(dags: Path) -> dict[str, Workflow]:
    """Every workflow of a folder of DAGs, by name."""
    return {path.stem: _workflow(path) for path in sorted(dags.glob("*.py"))}


def find_workflow(dags: Path, name: str) -> Workflow:
    """One of them; raises ToolError with the nearest name and the list."""
    known = workflows(dags)
    if name not in known:
        near = did_you_mean(name, known)
        rest = "" if near.startswith("known:") else f" Known: {', '.join(known)}"
        raise ToolError(f"There is no workflow {name!r} in {dags}; {near}{rest}", status=UNUSABLE)
    return known[name]


def show_workflows(dags: Path) -> None:
    """Each with its line."""
    table = Table.grid(padding=(0, 2))
    for each in workflows(dags).values():
        table.add_row(Text(each.name, style="bold"), Text(each.summary))
    console.print(table)
    console.print("\nRun one with: make run WORKFLOW=<name>", markup=False)


def _workflow(path: Path) -> Workflow:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"), str(path))) or ""
    values = path.parent / "specs" / f"{path.stem}.yaml"
    try:
        spec = yaml.safe_load(values.read_text(encoding="utf-8")) if values.is_file() else None
    except yaml.YAMLError as error:
        raise ToolError(f"{values} is no YAML: {error}", status=UNUSABLE) from error
    known = spec if isinstance(spec, dict) else {}
    source, summary = known.get("source"), docstring.partition("\n")[0]
    return Workflow(
        name=path.stem,
        summary=summary,
        source=source if isinstance(source, dict) else {},
        packages=bool(known.get("packages")),
    )
