"""The gate as a task: one verdict a model, with every check behind it."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from airflow.sdk import task

from penstock.gate import GateMode, Threshold, judge
from workflow.storage import read_evidence, write_document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow.sdk import XComArg

    from workflow.flow import Flow
    from workflow.models import Sources

log = logging.getLogger(__name__)


def gate(flow: Flow[Any], sources: Sources, thresholds: Iterable[Threshold], *, mode: str) -> XComArg:
    """The task that decides whether a model goes on."""
    return decide(
        trained_uri=sources.trained,
        judged_uri=sources.judged,
        verdict_uri=sources.verdict,
        incomparable=sources.incomparable,
        mode=mode,
        thresholds=[asdict(each) for each in thresholds],
        aws=flow.aws,
    )


@task.short_circuit(task_id="gate", ignore_downstream_trigger_rules=False)
def decide(
    *,
    trained_uri: str,
    judged_uri: str,
    verdict_uri: str,
    incomparable: str,
    mode: str,
    thresholds: list[dict[str, Any]],
    aws: dict[str, Any],
) -> str:
    """The version that the model will be if it is promoted, else nothing; the verdict is stored.

    Only what follows directly is skipped, and the rest by its own trigger rule, so the cluster still ends.
    """
    evidence = read_evidence(trained_uri, judged_uri, aws)
    verdict = judge(
        challenger=evidence.challenger,
        champion=evidence.champion,
        baselines=evidence.baselines,
        thresholds=[Threshold(**each) for each in thresholds],
        gains=evidence.gains,
        incomparable=incomparable or evidence.incomparable,
        mode=GateMode(mode),
    )
    write_document(verdict, verdict_uri, aws)
    for check in verdict.checks:
        log.info("%s: %s", "passed" if check.passed else "failed", check.sentence)
    outcome = "promoted" if verdict.promote else "rejected"
    asked = verdict.promote and GateMode(mode) is GateMode.APPROVAL
    log.info("%s, gate %s: %s", evidence.model_uri, mode, "put before a reviewer" if asked else outcome)
    return evidence.version if verdict.promote else ""
