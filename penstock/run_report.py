"""The document of a whole run: how it went, and every document that its jobs left, in one place."""

# ruff: noqa: TC001 - documents are decoded by their types
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from penstock.approval import Approval
from penstock.assessment import Assessment
from penstock.checks import ChecksReport
from penstock.cost import Cost, CostEstimate
from penstock.documents import DataReport, Document, Evaluation, TrainingReport, Verdict
from penstock.fitting import FitReport
from penstock.prediction import PredictionReport
from penstock.scoring import ScoreReport
from penstock.spark_stages import SparkStages
from penstock.streaming import StreamReport
from penstock.tree import Tree

FAILED = frozenset({"failed", "upstream_failed"})
"""States of an Airflow task that mean that the run did not do what it should."""


@dataclass(frozen=True, kw_only=True)
class TaskTiming:
    """One task of the run that has ended, by its last try."""

    task_id: str
    """With `[n]` behind it for the n-th instance of a mapped task."""
    state: str
    seconds: float | None
    """From its start to its end; None for a task that never ran."""
    began: float | None = None
    """Seconds after the run's start; None where Airflow does not tell."""
    tries: int | None = None


@dataclass(frozen=True, kw_only=True)
class ModelRecord:
    """What the run left about one model; None for what it did not come to."""

    fit: FitReport | None = None
    training: TrainingReport | None = None
    assessment: Assessment | None = None
    evaluation: Evaluation | None = None
    verdict: Verdict | None = None
    approval: Approval | None = None
    scores: ScoreReport | None = None
    tree: Tree | None = None
    tree_text: str = ""


@dataclass(frozen=True, kw_only=True)
class RunReport(Document):
    """One run of a workflow, written when all its work is over; the page says nothing that is not in here."""

    kind: ClassVar[str] = "run_report"

    dag_id: str
    run_id: str
    run_uri: str
    state: str
    """`failed` if a task has, `running` if some are still to come, else `success`: what Airflow will call the run."""
    started: str
    """ISO time; empty if Airflow does not tell."""
    seconds: float
    """Until the report was written."""
    params: dict[str, Any]
    """The run's parameters: defaults, and what its form or its trigger set."""
    conf: dict[str, Any]
    """What the trigger set."""
    tasks: list[TaskTiming]
    data: DataReport | None = None
    checks: ChecksReport | None = None
    stream: StreamReport | None = None
    predictions: PredictionReport | None = None
    cost_estimate: CostEstimate | None = None
    cost: Cost | None = None
    models: dict[str, ModelRecord] = field(default_factory=dict)
    spark: dict[str, SparkStages] = field(default_factory=dict)
    """What Spark did in each job, by the path of its job's report below the run's folder."""
    missing: list[str] = field(default_factory=list)
    """Sentences: documents that a complete run has and this one has not."""
    unreadable: list[str] = field(default_factory=list)
    """Sentences: documents that are damaged or of another release."""

    @property
    def failures(self) -> list[str]:
        """The tasks that failed themselves, not only because another one had."""
        return [each.task_id for each in self.tasks if each.state == "failed"]
