"""The document of a model that was fitted from a recipe."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from penstock.documents import Column, Document


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One candidate and how it did on rows that it did not learn from."""

    params: dict[str, Any]
    """Values of the searched parameters."""
    metric: float | None
    """The mean over folds; None where there was nothing to compare."""
    std: float | None
    """The sample standard deviation over folds; None for fewer than two."""
    folds: list[float] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class FeatureWeight:
    """What one feature counts for in the model."""

    name: str
    value: float


@dataclass(frozen=True, kw_only=True)
class FitReport(Document):
    """How a model was chosen and fitted, and what it looks at."""

    kind: ClassVar[str] = "fit_report"

    problem: str
    estimator: str
    recipe: dict[str, Any]
    recipe_fingerprint: str
    model_uri: str
    model_bytes: int
    metric: str | None
    higher_is_better: bool | None
    validation: str
    candidates: list[Trial]
    best: dict[str, Any]
    """The searched parameters of the model."""
    params: dict[str, Any]
    """All parameters that were set, fixed and searched."""
    holdout: str
    train_rows: int
    fitted_rows: int
    """Training rows that reached the estimator: fewer where a stage skips invalid rows."""
    test_rows: int
    classes: dict[str, int]
    """Training rows of each class, in the order of the model's predictions; empty if there are none."""
    features: int
    inputs: list[Column] = field(default_factory=list)
    """The table's columns that the model needs, with their types: its signature."""
    threshold: float | None = None
    """The probability from which a binary model says yes, if its recipe has costs; else MLlib's one half."""
    threshold_cost: float | None = None
    """Mean cost of a row at that threshold, on the training rows on which it was chosen."""
    feature_names: list[str]
    """The first of them, for vectors whose stages name their elements."""
    weights: list[FeatureWeight]
    """The largest by absolute value; empty where the model has none."""
    weights_are: str
    """`importances`, `coefficients` or nothing."""
    tree_uri: str
    """Text of a single tree; empty for other models."""
    iterations: int | None
    """Trees of a forest or of boosted trees, which may have stopped early; None for other models."""
    seed: int
    seconds: float
    fingerprint: str
    code_sha: str
