"""What every model of a workflow goes through once it was trained and judged, and the report about all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow.sdk import TaskGroup, chain

from workflow import gating, promotion
from workflow.champions import champion_of
from workflow.compute.choice import run_job
from workflow.form import param
from workflow.operators.approval import ModelApprovalOperator
from workflow.reporting.task import write_report
from workflow.tables.tasks import keep_metrics

if TYPE_CHECKING:
    from collections.abc import Iterable

    from penstock.gate import Threshold
    from penstock.jobs import ReportingArgs
    from workflow.flow import Flow


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Templates of where the documents of one model lie."""

    model: str
    trained: str
    judged: str
    verdict: str
    approval: str
    checks: str
    """Empty for a workflow that checks no data."""

    @property
    def incomparable(self) -> str:
        """Why the champion cannot be judged."""
        return champion_of(self.model, "incomparable")


@dataclass(frozen=True, kw_only=True)
class Contender:
    """The tasks of one model that others are wired to."""

    trains: Any
    judges: Any
    records: Any
    gate: Any
    promotes: Any

    @property
    def ends(self) -> list[Any]:
        """What the run's report waits for."""
        return [self.records, self.promotes]


def contend(
    flow: Flow[Any], sources: Sources, thresholds: Iterable[Threshold], *, train: ReportingArgs, judge: ReportingArgs
) -> Contender:
    """Train, judge, record, gate, approve, promote: the task group of one model.

    Nothing after judgement needs the cluster, so that neither a reviewer nor a registry that is away keeps one alive.
    """
    mode, model, timeouts = param("gate_mode"), sources.model, flow.spec.timeouts
    with TaskGroup(model):
        trained = run_job(flow, "train_model", train, label=model, minutes=timeouts.train)
        judged = run_job(flow, "evaluate_model", judge, label=model, minutes=timeouts.evaluate)
        decided = gating.gate(flow, sources, thresholds, mode=mode)
        asked = ModelApprovalOperator.of(flow, sources, mode=mode)
        promoted = promotion.promote(flow, sources)
        recorded = keep_metrics(flow, sources)
        chain(trained, judged, decided, asked, promoted)
        chain(judged, recorded)
    return Contender(trains=trained, judges=judged, records=recorded, gate=decided, promotes=promoted)


def report(flow: Flow[Any], *, after: Iterable[Any]) -> None:
    """The report of the run, when all else is over, whatever became of it.

    A teardown, because as a plain task it would be a leaf that succeeds, and hide every failure before it.
    """
    written = write_report(run_uri=flow.run.uri, models=list(flow.spec.models), aws=flow.aws)
    written.as_teardown()
    chain(list(after), written)
