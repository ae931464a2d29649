"""The recipe of a model: label, weights, feature stages, estimator, search and validation, as values.

    problem: binary
    label: {column: income, positive: ">50K"}
    columns: {number: [age], category: [country]}
    stages:
      - {stage: StringIndexer, columns: [country], params: {handleInvalid: keep}}
      - {stage: VectorAssembler, columns: [age, country_index], params: {handleInvalid: error}}
    estimator: {name: DecisionTreeClassifier, params: {maxBins: 64}}
    search: {method: grid, values: {maxDepth: [4, 6, 8]}}
    metric: pr_auc

Names and parameters are MLlib's, as `penstock.mllib` lists them. `penstock.recipe.rules.read_recipe` makes one and
refuses whatever does not fit.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from penstock.codec import encode
from penstock.mllib.problems import METRICS, Metric, Problem
from penstock.mllib.stage import Shape
from penstock.mllib.stages import STAGES


class SearchMethod(StrEnum):
    """How candidates are made."""

    NONE = "none"
    GRID = "grid"
    RANDOM = "random"


class ValidationMethod(StrEnum):
    """How candidates are compared: on training rows that they do not learn from."""

    CROSS_VALIDATION = "cross_validation"
    """Every row validates once."""
    TRAIN_VALIDATION = "train_validation"
    """A share of the rows, by a seeded hash of the row."""
    TIME = "time"
    """The latest rows by a column."""


class ClassWeights(StrEnum):
    """Weights of the classes."""

    NONE = "none"
    BALANCED = "balanced"
    """Each class counts alike: rows / (classes * rows of the class), King and Zeng 2001."""


@dataclass(frozen=True, kw_only=True)
class Label:
    """What is to be predicted."""

    column: str
    """Name of the column; no model may learn from it."""
    positive: str | None = None
    """The class that a binary problem is about, as text."""


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What a wrong answer about the positive class costs, in any unit; a right one costs nothing.

    With them, the probability from which the model says yes is the one of least mean cost.
    """

    false_positive: float
    """Of a yes that should be a no."""
    false_negative: float
    """Of a no that should be a yes."""


@dataclass(frozen=True, kw_only=True)
class StageSpec:
    """One feature stage over some columns."""

    stage: str
    """MLlib's name of the stage."""
    columns: list[str]
    """Columns of the table, or outputs of earlier stages."""
    outputs: list[str] = field(default_factory=list)
    """Names of what it makes; empty for the column's name with the stage's suffix."""
    params: dict[str, Any] = field(default_factory=dict)
    """MLlib's parameters of the stage."""

    def output_names(self) -> list[str]:
        """What it makes, in order."""
        known = STAGES[self.stage]
        if known.shape is Shape.MERGE:
            return self.outputs or [known.suffix]
        return self.outputs or [f"{column}_{known.suffix}" for column in self.columns]


@dataclass(frozen=True, kw_only=True)
class EstimatorSpec:
    """The estimator and its fixed parameters; those of OneVsRest's classifier are written `classifier.<name>`."""

    name: str
    """MLlib's name of the estimator, or xgboost.spark's."""
    features: str = "features"
    """The column of feature vectors, if it learns from one."""
    params: dict[str, Any] = field(default_factory=dict)
    """Fixed values of its parameters, by MLlib's names."""
    columns: dict[str, str] = field(default_factory=dict)
    """Columns of other roles: user and item of ALS, items of FPGrowth, censor of AFT, offset of a generalised model."""
    classifier: str | None = None
    """Of OneVsRest: the binary classifier that it repeats."""
    early_stopping: float | None = None
    """Share of the rows that boosted trees do not learn from, but watch to know when to stop."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """A range from which random search draws."""

    low: float
    """The least value."""
    high: float
    """The largest value."""
    scale: str = "linear"
    """`linear`, or `log` for a uniform exponent."""


@dataclass(frozen=True, kw_only=True)
class Search:
    """Which values of the estimator's parameters are tried."""

    method: str = SearchMethod.NONE.value
    """`none`, `grid` or `random`."""
    values: dict[str, list[Any]] = field(default_factory=dict)
    """Values to try, by parameter: all combinations of a grid."""
    ranges: dict[str, Span] = field(default_factory=dict)
    """What random search draws from, by parameter."""
    candidates: int | None = None
    """How many random search draws."""
    seed: int = 42
    """Of random search."""


@dataclass(frozen=True, kw_only=True)
class Validation:
    """How candidates are compared."""

    method: str = ValidationMethod.CROSS_VALIDATION.value
    """`cross_validation`, `train_validation` or `time`."""
    folds: int = 3
    """Of cross-validation."""
    fraction: float = 0.2
    """Of the training rows, for the other two."""
    column: str | None = None
    """What orders rows in time, for `time`."""

    def describe(self) -> str:
        """In words, for documents and logs."""
        if self.method == ValidationMethod.CROSS_VALIDATION:
            return f"cross_validation: {self.folds} folds"
        by = f" by {self.column}" if self.column else ""
        return f"{self.method}: {self.fraction:g} of the training rows{by}"


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A whole recipe."""

    problem: str
    """`binary`, `multiclass`, `regression`, `clustering`, `topics`, `recommendation` or `patterns`."""
    columns: dict[str, list[str]]
    """The table's columns to learn from, by what they hold: number, category, text, words, vector."""
    estimator: EstimatorSpec
    label: Label | None = None
    weight_column: str | None = None
    """A column of row weights."""
    class_weights: str = ClassWeights.NONE.value
    """`none` or `balanced`: each class counts alike."""
    stages: list[StageSpec] = field(default_factory=list)
    search: Search = field(default_factory=Search)
    validation: Validation = field(default_factory=Validation)
    metric: str | None = None
    """What candidates are compared by; needed by a search only."""
    parallelism: int = 1
    """Candidates that are fitted at once."""
    costs: Costs | None = None
    """Of a binary problem whose estimator gives probabilities."""
    seed: int = 42
    """Of the estimator, the folds and the early stopping."""

    @property
    def kind(self) -> Problem:
        """The problem, typed."""
        return Problem(self.problem)

    @property
    def comparison(self) -> Metric | None:
        """The metric, as the catalogue has it."""
        return METRICS[self.kind][self.metric] if self.metric else None

    def to_json(self) -> str:
        """One line, every default spelt out, so that it is short enough for a job's argument."""
        return json.dumps(encode(self), ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    @property
    def fingerprint(self) -> str:
        """Equal recipes, equal fingerprint: 16 hexadecimal digits of SHA-256."""
        canonical = json.dumps(encode(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]
