"""What a data scientist may decide about the data check, as frozen models of the YAML."""

from __future__ import annotations

from pydantic import Field, field_validator

from penstock.checks import Action
from penstock.jobs import CheckTableArgs, SchemaDrift
from workflow.spec import argument
from workflow.values import Cell, Values


class Expected(Values):
    """What rows must be like: a Spark SQL expression that is true for each of them."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    expression: Cell
    action: Action


class Drift(Values):
    """How far the data may have moved from what the champion was trained on: population stability indices."""

    warn: float = argument(CheckTableArgs, "drift_warn")
    fail: float | None = Field(default=None, gt=0)
    schema_change: SchemaDrift = SchemaDrift.WARN


class Checks(Values):
    """What is checked before a model learns."""

    expectations: list[Expected]
    max_bad_ratio: float = argument(CheckTableArgs, "max_bad_ratio")
    drift: Drift

    @field_validator("expectations")
    @classmethod
    def _names_are_unique(cls, expectations: list[Expected]) -> list[Expected]:
        names = [each.name for each in expectations]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"the name {name!r} is there twice; a row's quarantine says by it what the row broke")
        return expectations
