"""The document of a model that was judged by its problem: metrics with intervals, curves, segments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from penstock.documents import Document
from penstock.estimate import Estimate
from penstock.fitting import FeatureWeight  # noqa: TC001 - documents are decoded by their types

Estimates = dict[str, Estimate]
"""Metric name to estimate."""


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Points to be joined by a line, in order; thinned to at most 200."""

    x: list[float]
    y: list[float]


@dataclass(frozen=True, kw_only=True)
class CalibrationBin:
    """Rows of similar prediction: a tenth of the rows of a binary problem by probability, of a regression by value."""

    rows: int
    predicted: float
    """The mean prediction."""
    observed: float
    """The share of positive rows, or the mean label."""


@dataclass(frozen=True, kw_only=True)
class ThresholdPoint:
    """What a binary model would do if it said yes from this probability on."""

    threshold: float
    precision: float | None
    recall: float | None
    f1: float | None
    accuracy: float
    cost: float | None
    """Mean cost of a row; None for a recipe without costs."""


@dataclass(frozen=True, kw_only=True)
class ConfusionMatrix:
    """Held-out rows by what they are (outer list) and what the model says (inner list)."""

    labels: list[str]
    counts: list[list[int]]


@dataclass(frozen=True, kw_only=True)
class ClassMetrics:
    """One class against all others; None where it is undefined."""

    label: str
    rows: int
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, kw_only=True)
class Segment:
    """The held-out rows that have one value in one column."""

    column: str
    value: str
    """`(unknown)` for rows without a value, `(other)` for all beyond the most frequent."""
    rows: int
    metrics: Estimates


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """One cluster: how many held-out rows, and the mean of each numeric column over them."""

    number: int
    rows: int
    means: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One topic: its share of the held-out words, and its terms, the heaviest first."""

    number: int
    share: float
    terms: list[FeatureWeight]


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Everything that the held-out rows say about one model; what its problem does not have is empty."""

    metrics: Estimates
    threshold: float | None = None
    """The probability from which a binary model says yes."""
    confusion: ConfusionMatrix | None = None
    classes: list[ClassMetrics] = field(default_factory=list)
    roc: Curve | None = None
    precision_recall: Curve | None = None
    calibration: list[CalibrationBin] = field(default_factory=list)
    sweep: list[ThresholdPoint] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    clusters: list[Cluster] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Assessment(Document):
    """Challenger, champion and trivial baselines, all on the same held-out rows."""

    kind: ClassVar[str] = "assessment"

    problem: str
    estimator: str
    recipe_fingerprint: str
    model_uri: str
    champion_model_uri: str
    champion_problem: str
    """Why there is a champion that could not be judged on this table; empty if it was or there is none."""
    holdout: str
    rows: int
    """Held-out rows of the table."""
    judged_rows: int
    """Those that the challenger's pipeline gives a prediction for: fewer where a stage skips invalid rows."""
    fingerprint: str
    """Of the held-out rows."""
    resamples: int
    confidence: float
    challenger: Judgement
    champion: Judgement | None
    baselines: dict[str, Estimates]
    gains: Estimates
    """Challenger minus champion, metric by metric, over the same resamples (paired); empty without a champion."""
    seconds: float
    code_sha: str
