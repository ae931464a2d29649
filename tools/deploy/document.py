"""`deployment.json`: what the stacks have put out, the release's hashes, and what the environment's file adds."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any

from penstock.deployment import Deployment
from tools.deploy.environment import FOLDER, Fields
from tools.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tools.deploy.environment import Environment
    from tools.deploy.release import Release

LISTS = frozenset({"emr_security_groups", "subnet_ids"})
"""Fields that stacks put out with commas between."""


def output(field: str) -> str:
    """The name that stacks put a field out by: `emr_service_role` is `EmrServiceRole`."""
    return "".join(part.title() for part in field.split("_"))


def deployment(environment: Environment, outputs: Mapping[str, str], release: Release) -> Deployment:
    """Raises ToolError that names the outputs which nobody gives."""
    extra = environment.deployment
    values: dict[str, Any] = {name: getattr(extra, name) for name in Fields.model_fields}
    values |= {
        "name": environment.name,
        "code_sha": release.code_sha,
        "packages_sha": release.packages_sha,
        "environment_sha": release.environment_sha,
    }
    for each in fields(Deployment):
        value = outputs.get(output(each.name))
        if each.name not in values and value is not None:
            values[each.name] = value.split(",") if each.name in LISTS else value
    if "Notify" in outputs:
        values["notify"] = [outputs["Notify"], *extra.notify]
    required = {each.name for each in fields(Deployment) if each.default is MISSING and each.default_factory is MISSING}
    if missing := sorted(output(name) for name in required - set(values)):
        raise ToolError(
            f"deployment.json needs {', '.join(missing)}, which no stack of {environment.name} puts out. "
            f"Give it in {FOLDER}/{environment.name}.yaml under `given:`"
        )
    return Deployment(**values)
