"""Kinds of problems, and the metrics by which candidates may be compared in each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Problem(StrEnum):
    """What is to be learnt."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"
    CLUSTERING = "clustering"
    TOPICS = "topics"
    RECOMMENDATION = "recommendation"
    PATTERNS = "patterns"

    @property
    def classifies(self) -> bool:
        """Whether the label is one of some classes."""
        return self in (Problem.BINARY, Problem.MULTICLASS)

    @property
    def supervised(self) -> bool:
        """Whether there is a label."""
        return self.classifies or self in (Problem.REGRESSION, Problem.RECOMMENDATION)


@dataclass(frozen=True, kw_only=True)
class Metric:
    """How MLlib computes it, and which way is better."""

    higher_is_better: bool
    evaluator: str
    """The class of pyspark.ml.evaluation; empty where the model computes it."""
    name: str
    """The evaluator's `metricName`, or the model's method."""
    of_probability: bool = False
    """Whether the model must give probabilities."""


def _by_label(name: str) -> Metric:
    return Metric(higher_is_better=True, evaluator="MulticlassClassificationEvaluator", name=name)


_LOG_LOSS = Metric(
    higher_is_better=False, evaluator="MulticlassClassificationEvaluator", name="logLoss", of_probability=True
)
_ERRORS: Mapping[str, Metric] = {
    name: Metric(higher_is_better=False, evaluator="RegressionEvaluator", name=name) for name in ("rmse", "mae")
}

METRICS: Mapping[Problem, Mapping[str, Metric]] = {
    Problem.BINARY: {
        "roc_auc": Metric(higher_is_better=True, evaluator="BinaryClassificationEvaluator", name="areaUnderROC"),
        "pr_auc": Metric(higher_is_better=True, evaluator="BinaryClassificationEvaluator", name="areaUnderPR"),
        "log_loss": _LOG_LOSS,
        "accuracy": _by_label("accuracy"),
        "f1": _by_label("fMeasureByLabel"),
        "precision": _by_label("precisionByLabel"),
        "recall": _by_label("recallByLabel"),
    },
    Problem.MULTICLASS: {
        "accuracy": _by_label("accuracy"),
        "weighted_f1": _by_label("f1"),
        "weighted_precision": _by_label("weightedPrecision"),
        "weighted_recall": _by_label("weightedRecall"),
        "log_loss": _LOG_LOSS,
    },
    Problem.REGRESSION: {**_ERRORS, "r2": Metric(higher_is_better=True, evaluator="RegressionEvaluator", name="r2")},
    Problem.CLUSTERING: {
        "silhouette": Metric(higher_is_better=True, evaluator="ClusteringEvaluator", name="silhouette")
    },
    Problem.TOPICS: {"log_perplexity": Metric(higher_is_better=False, evaluator="", name="logPerplexity")},
    Problem.RECOMMENDATION: _ERRORS,
    Problem.PATTERNS: {},
}
"""In binary problems f1, precision and recall are the positive class's; a silhouette is by squared distances."""

_JUDGED_ONLY: Mapping[Problem, Mapping[str, bool]] = {Problem.BINARY: {"brier": False, "cost": False}}
"""Metrics of an assessment by which no candidates are compared."""


def judged_by(problem: Problem) -> dict[str, bool]:
    """Every metric that a model of this problem is judged by on held-out rows: name to whether more is better."""
    compared = {name: metric.higher_is_better for name, metric in METRICS[problem].items()}
    return {**compared, **_JUDGED_ONLY.get(problem, {})}
