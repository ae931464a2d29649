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
    """What a row's quarantine says that the row broke."""
    expression: Cell
    """Spark SQL that is true for each row as it should be."""
    action: Action
    """`warn` counts and keeps a row that breaks it, `quarantine` sets it aside, `fail` fails the run."""


class Drift(Values):
    """How far the data may have moved from what the champion was trained on: population stability indices."""

    warn: float = argument(CheckTableArgs, "drift_warn")
    """Index of a column from which the log warns."""
    fail: float | None = Field(default=None, gt=0)
    """Index of a column from which the run fails; null: never."""
    schema_change: SchemaDrift = SchemaDrift.WARN
    """What columns do that came, went or changed their type."""


class Checks(Values):
    """What is checked before a model learns."""

    expectations: list[Expected]
    """What rows must be like."""
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
