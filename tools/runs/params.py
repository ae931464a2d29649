"""Parameters of a run, as a user writes them: `name=value`, the value as YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml  # type: ignore[import-untyped]

from penstock.errors import did_you_mean
from tools.errors import UNUSABLE, ToolError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


def parse_params(given: Iterable[str]) -> dict[str, Any]:
    """Names and values; raises ToolError for what is no `name=value`, no YAML, or there twice."""
    found: dict[str, Any] = {}
    for each in given:
        name, equals, text = each.partition("=")
        if not equals or not name:
            raise ToolError(f"{each!r} is no parameter; expected name=value", status=UNUSABLE)
        if name in found:
            raise ToolError(f"The parameter {name!r} is given twice", status=UNUSABLE)
        try:
            found[name] = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise ToolError(f"The value of {name}={text} is no YAML: {error}", status=UNUSABLE) from error
    return found


def check_params(dag_id: str, conf: Collection[str], known: Collection[str]) -> None:
    """Raise ToolError for a name that the workflow does not have: Airflow itself takes any and ignores it."""
    for name in conf:
        if name not in known:
            has = did_you_mean(name, known) if known else "it has none"
            raise ToolError(f"{dag_id} has no parameter {name!r}; {has}", status=UNUSABLE)
