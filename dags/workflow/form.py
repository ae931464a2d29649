"""The trigger form's fields: every parameter with a title, a description, its choices and its range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import Param

from penstock.gate import GateMode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

    from penstock.arguments import JobArgs
    from penstock.deployment import Deployment
    from workflow.spec import Workflow

DATA, HELD_OUT, PROMOTION = "Data", "Held-out rows", "Promotion"


def param(name: str) -> Any:
    """A reference to a parameter of the run, to be rendered by Jinja."""
    return f"{{{{ params.{name} }}}}"


def raw_uri(deployment: Deployment, dataset: str, *, files: str) -> Param:
    """Where the raw files lie."""
    return Param(
        deployment.layout.raw(dataset),
        type="string",
        pattern=r"^s3://[^/]+/.+[^/]$",
        section=DATA,
        title="Raw data",
        description=f"Folder on S3 with {files}, without a slash at the end.",
    )


def gate_mode(spec: Workflow) -> Param:
    """What the gate's verdict does."""
    return choice(
        spec.gate_mode,
        GateMode,
        PROMOTION,
        "Gate",
        "enabled promotes only models that pass; approval also asks a person; dry_run checks, records and promotes; "
        "disabled does not check.",
    )


def choice(default: StrEnum, choices: type[StrEnum], section: str, title: str, description: str) -> Param:
    """One of some values."""
    names = [each.value for each in choices]
    return Param(default.value, type="string", enum=names, section=section, title=title, description=description)


def number(default: float, job: type[JobArgs], field: str, section: str, title: str, *, kind: str = "number") -> Param:
    """A number in the range of a job's argument."""
    about = job.__dataclass_fields__[field].metadata
    bounds = {key: about[key] for key in ("minimum", "maximum") if about[key] is not None}
    description = f"{about['help'][0].upper()}{about['help'][1:]}."
    return Param(default, type=kind, section=section, title=title, description=description, **bounds)


def params_page(params: Mapping[str, Param]) -> str:
    """The parameters as a Markdown table."""
    rows = [
        f"| `{name}` | {each.schema['title']} | `{each.value}` | {each.description} |" for name, each in params.items()
    ]
    return "\n".join(["### Parameters", "", "| name | title | default | meaning |", "|---|---|---|---|", *rows])
