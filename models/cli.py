"""Which models there are and what they take, asked of the models themselves, by the interpreter with their packages."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
import yaml
from rich.console import Console
from rich.table import Table
from rich.text import Text

from penstock.codec import encode
from penstock.errors import DataError, PenstockError
from penstock.prediction import ModelDescription, ModelEntry, ModelKind, parse_models
from spark_jobs.predicting.interface import qualified_name
from spark_jobs.predicting.registry import describe_pipeline, find_entry, load_model

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The models that batch prediction can ask.")
console = Console()
SPEC = Path(__file__).parents[1] / "dags/specs/batch_prediction.yaml"
Registry = Annotated[
    Path, typer.Option(help="A YAML or JSON file whose `models` is the registry, or that is the registry itself.")
]


@app.command(name="list")
def list_models(registry: Registry = SPEC) -> None:
    """Each with its version, its kind, and whether it takes many records at once."""
    table = Table("Qualified name", "Version", "Kind", "Asked by", "Display name", box=None)
    with _reporting():
        for entry in read_registry(registry):
            table.add_row(*_row(entry))
    console.print(table)


@app.command()
def describe(name: Annotated[str, typer.Argument(metavar="QUALIFIED_NAME")], registry: Registry = SPEC) -> None:
    """All that a model says of itself, with the JSON schemas of its input and output, as JSON."""
    with _reporting():
        found = encode(describe_entry(find_entry(read_registry(registry), name)))
    if console.is_terminal:
        console.print_json(data=found)
    else:
        sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


def read_registry(path: Path) -> list[ModelEntry]:
    """The entries of a file; raises PenstockError."""
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise DataError(f"{path} is neither YAML nor JSON: {error}") from error
    models = data.get("models") if isinstance(data, dict) else data
    return parse_models(json.dumps(models))


def describe_entry(entry: ModelEntry) -> ModelDescription:
    """What the model says; a Spark pipeline says nothing, so what the registry says of it."""
    return describe_pipeline(entry) if entry.kind == ModelKind.PIPELINE else load_model(entry, local).description


def local(uri: str) -> Path:
    """An artefact on this machine; raises DataError for one that is elsewhere."""
    parts = urlsplit(uri)
    if parts.scheme not in ("", "file"):
        raise DataError(f"{uri} is not on this machine: fetch the artefact and name the copy in a registry of its own")
    return Path(parts.path)


def _row(entry: ModelEntry) -> tuple[Text, ...]:
    """A model that cannot be loaded here is listed with the reason, and the others too."""
    try:
        found = describe_entry(entry)
    except PenstockError as error:
        name = entry.qualified_name or entry.class_name
        return Text(name, style="bold"), Text(entry.version), Text(entry.kind), Text("?"), Text(str(error), style="red")
    asked = "batches" if found.vectorised else "records"
    cells = (found.version, found.kind, asked, found.display_name)
    return Text(qualified_name(entry), style="bold"), *map(Text, cells)


@contextmanager
def _reporting() -> Iterator[None]:
    """Expected failures as one line, with exit status 1."""
    try:
        yield
    except PenstockError as error:
        Console(stderr=True).print(str(error), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
