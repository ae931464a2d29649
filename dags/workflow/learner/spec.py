"""What a data scientist may decide about a workflow that learns from a table, as frozen models of its YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import Field, PlainValidator, ValidationInfo, field_validator, model_validator

from penstock.codec import CodecError
from penstock.errors import did_you_mean
from penstock.jobs import AssessArgs, CleanPartsArgs, HoldOut, HoldOutArgs
from penstock.mllib.problems import judged_by
from penstock.recipe.rules import read_recipe
from penstock.recipe.values import Recipe
from workflow.checking.spec import Checks
from workflow.spec import GateRule, ModelName, Timeouts, Workflow, argument
from workflow.spec_file import refused
from workflow.values import Cell, Minutes, Values

if TYPE_CHECKING:
    from penstock.gate import Threshold

_HERE = "recipe"
LONGEST_RECIPE = 9_000
"""Characters: EMR takes 10,280 of a whole step argument."""


class Source(Values):
    """The raw data: the files of a folder, by the names that the ETL gives them."""

    dataset: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    files: dict[str, Annotated[str, Field(pattern=r"^[^/\s]+$")]] = Field(min_length=1)
    """File names by the names that the ETL gives them: train and test, or ratings and movies."""
    max_bad_ratio: float = argument(CleanPartsArgs, "max_bad_ratio")


class HeldOutRows(Values):
    """The rows that no model learns from."""

    method: HoldOut
    """`column`: the publisher's own test set; `random`: by a seeded hash of the row; `temporal`: the last by
    time_column."""
    test_fraction: float = argument(HoldOutArgs, "test_fraction")
    time_column: str = ""
    """What orders rows in time, for `temporal`."""
    seed: int

    @model_validator(mode="after")
    def _time_needs_a_column(self) -> Self:
        if self.method is HoldOut.TEMPORAL and not self.time_column:
            raise ValueError("time_column is missing: method 'temporal' holds out the last rows by it")
        return self

    def arguments(self) -> dict[str, Any]:
        """As every job takes them."""
        return {
            "holdout": self.method.value,
            "test_fraction": self.test_fraction,
            "time_column": self.time_column,
            "holdout_seed": self.seed,
        }

    def describe(self) -> str:
        """In words, as every job writes them."""
        return HoldOutArgs(**self.arguments()).describe_holdout()


class LearnerTimeouts(Timeouts):
    """How long each kind of task may take."""

    check: Minutes
    """The data check."""


class Judging(Values):
    """How models are judged on the held-out rows."""

    segments: list[Cell]
    resamples: int = argument(AssessArgs, "resamples")
    confidence: float = argument(AssessArgs, "confidence")
    """Share of the resamples within an interval."""


def _read_recipe(data: Any) -> Recipe:
    try:
        recipe = read_recipe(data, _HERE)
    except CodecError as error:
        raise refused(error.where.removeprefix(_HERE), error.problem) from error
    if (length := len(recipe.to_json())) > LONGEST_RECIPE:
        raise ValueError(f"is {length:,} characters long as JSON; an EMR step takes {LONGEST_RECIPE:,} of a recipe")
    return recipe


class Model(Values):
    """One model that the workflow fits, judges and registers."""

    recipe: Annotated[Recipe, PlainValidator(_read_recipe)]
    gate: list[GateRule] = Field(min_length=1)
    """What the model must reach for promotion; all of the rules."""

    @field_validator("gate")
    @classmethod
    def _metrics_fit_the_problem(cls, gate: list[GateRule], info: ValidationInfo) -> list[GateRule]:
        recipe: Recipe | None = info.data.get("recipe")
        known = judged_by(recipe.kind) if recipe else {}
        for index, rule in enumerate(gate):
            if recipe and rule.metric not in known:
                problem = f"{recipe.problem} models have no {rule.metric!r}; {did_you_mean(rule.metric, known)}"
                raise refused(f"[{index}].metric", problem)
        return gate

    @property
    def thresholds(self) -> list[Threshold]:
        """The rules as the gate takes them."""
        known = judged_by(self.recipe.kind)
        return [rule.threshold(higher_is_better=known[rule.metric]) for rule in self.gate]


class Learner(Workflow):
    """The values of a workflow that learns from a table."""

    source: Source
    holdout: HeldOutRows
    checks: Checks
    models: dict[ModelName, Model] = Field(min_length=1)
    judging: Judging
    timeouts: LearnerTimeouts

    @property
    def longest_minutes(self) -> int:
        """How long the tasks on the compute can take, were each done after the other and nothing retried."""
        return self.timeouts.cluster + len(self.models) * (self.timeouts.train + self.timeouts.evaluate)
