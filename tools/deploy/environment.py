"""What differs from one deployment to the next: a small file for each, `environments/<name>.yaml`."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal

import yaml  # type: ignore[import-untyped]
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from penstock.deployment import Service  # noqa: TC001 - pydantic reads it
from tools.errors import UNUSABLE, ToolError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from tools.deploy.templates import Template

FOLDER = "environments"
OF_A_BUILD = frozenset({"architecture", "spark_environment", "spark_wheels"})
"""Fields that decide what is in a release, and so are only those of the environment for which it is built."""
Scalar = str | int | float | bool


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fields(_Frozen):
    """Fields of `deployment.json` that no stack decides; penstock/deployment.py says what each is for."""

    poll_seconds: int = 30
    aws_conn_id: str = "aws_default"
    sql_conn_id: str = ""
    services: list[Service] = []
    notify: list[str] = []
    """Beside the topic of alarms.yaml."""
    approvers: list[str] = []
    """Ids of Airflow's auth manager, of which FAB's are numbers and stand in quotes; docs/roles.md."""


class Environment(_Frozen):
    """One deployment, as its file says."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{1,20}$")
    """The file's name, and `Deployment` in every template."""
    region: str = Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")
    account: str = Field(default="", pattern=r"^(\d{12})?$")
    """Credentials of another account are refused; empty for any."""
    cloudformation_role: str = Field(default="", pattern=r"^(arn:[a-z-]+:iam::\d{12}:role/.+)?$")
    """With which CloudFormation makes what the templates say; empty for the rights of who deploys."""
    promotes_from: str = ""
    """The environment whose release this one takes; empty to build from the checkout."""
    source_root: str = Field(default="", pattern=r"^(s3://.+)?$")
    """Where releases of `promotes_from` lie, if its stacks are in another account."""
    confirm: Literal["yes", "name"] = "yes"
    """What a person types before anything is changed: `y`, or the environment's name."""
    architecture: Literal["arm64", "x86_64"] = "arm64"
    """Of the clusters' machines, for the archives of packages."""
    spark_environment: Literal["packages", "interpreter", "none"] = "packages"
    """The form of the archive with the packages of Spark's jobs, docs/packaging.md; `none` if machines have them."""
    spark_wheels: str = ""
    """A folder of the checkout with wheels of your own, which the archive gets too."""
    without: frozenset[str] = frozenset()
    """Templates that are left out, because you bring what they would make, or do without."""
    given: dict[str, Scalar] = {}
    """What the stacks that are left out would have put out, by the output's name."""
    parameters: dict[str, dict[str, Scalar]] = {}
    """By template: what is not to be as its default."""
    deployment: Fields = Fields()

    def values_of(self, template: str) -> dict[str, str]:
        """Its parameters as CloudFormation takes them."""
        return {key: _text(value) for key, value in self.parameters.get(template, {}).items()}

    @property
    def given_values(self) -> dict[str, str]:
        """What is brought, as CloudFormation takes it."""
        return {key: _text(value) for key, value in self.given.items()}


def load(name: str, folder: Path) -> Environment:
    """Read `<folder>/<name>.yaml`; raises ToolError that names the file and the key path."""
    path = folder / f"{name}.yaml"
    shown = f"{folder.name}/{path.name}"
    if not path.exists():
        there = ", ".join(sorted(each.stem for each in folder.glob("*.yaml"))) or "none"
        raise ToolError(f"There is no {shown}; environments are: {there}", status=UNUSABLE)
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ToolError(f"{shown} is not YAML: {error}", status=UNUSABLE) from error
    if not isinstance(found, dict):
        raise ToolError(f"{shown} holds no mapping; it begins with `region:`", status=UNUSABLE)
    try:
        return Environment(**{**found, "name": name})
    except ValidationError as error:
        raise ToolError("\n".join(_sentence(shown, each) for each in error.errors()), status=UNUSABLE) from error


def check(environment: Environment, templates: Mapping[str, Template]) -> None:
    """Refuse names that are not there, and what a promoted release has settled already; raises ToolError."""
    where = f"{FOLDER}/{environment.name}.yaml"
    if environment.promotes_from and (settled := sorted(OF_A_BUILD & environment.model_fields_set)):
        raise ToolError(
            f"{where}: {', '.join(settled)}: {environment.name} takes what {environment.promotes_from} runs, as it was "
            f"built. Say it in {FOLDER}/{environment.promotes_from}.yaml",
            status=UNUSABLE,
        )
    for name in sorted(environment.without):
        _known(name, templates, f"{where}: without: there is no infra/{name}.yaml")
    for name, values in environment.parameters.items():
        _known(name, templates, f"{where}: parameters: there is no infra/{name}.yaml")
        for key in values:
            _known(key, templates[name].parameters, f"{where}: parameters.{name}: infra/{name}.yaml takes no {key}")


def _known(name: str, names: Collection[str], otherwise: str) -> None:
    if name not in names:
        near = get_close_matches(name, names, 1)
        raise ToolError(f"{otherwise}{f'; did you mean {near[0]}?' if near else ''}", status=UNUSABLE)


def _sentence(where: str, error: Any) -> str:
    path = ".".join(map(str, error["loc"]))
    if error["type"] == "extra_forbidden":
        near = get_close_matches(path, Environment.model_fields, 1)
        return f"{where}: {path} is not a field{f'; did you mean {near[0]}?' if near else ''}"
    return f"{where}: {path}: {error['msg']}; got {error['input']!r}"


def _text(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
