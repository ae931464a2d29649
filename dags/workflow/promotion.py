"""From an evaluation to a champion: look up the old one, judge the new one, register it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from airflow.sdk import get_current_context, task

from penstock.documents import Evaluation, TrainingReport
from penstock.gate import GateMode, Threshold, judge
from workflow import registry
from workflow.storage import read_document, write_document

if TYPE_CHECKING:
    from airflow.sdk import Asset

log = logging.getLogger(__name__)
FIND_CHAMPIONS = "find_champions"


def champion_of(model: str) -> str:
    """A template of the champion's location, empty if there is none."""
    return f"{{{{ ti.xcom_pull(task_ids='{FIND_CHAMPIONS}')['{model}'] }}}}"


@task(task_id=FIND_CHAMPIONS, multiple_outputs=False)
def find_champions(*, models: list[str], tracking_uri: str) -> dict[str, str]:
    """Where each model's champion lies. Asked once, before training: all of the run sees the same champions."""
    mlflow = registry.client(tracking_uri)
    return {model: registry.champion_uri(mlflow, model) for model in models}


@task.short_circuit(task_id="gate", ignore_downstream_trigger_rules=False)
def gate(
    *, evaluation_uri: str, verdict_uri: str, mode: str, thresholds: list[dict[str, Any]], aws: dict[str, Any]
) -> bool:
    """Whether the model is promoted; the verdict is stored with every check behind it.

    Only what follows directly is skipped, and the rest by its own trigger rule, so the cluster still ends.
    """
    evaluation = read_document(Evaluation, evaluation_uri, aws)
    verdict = judge(
        challenger=evaluation.challenger,
        champion=evaluation.champion,
        baselines=evaluation.baselines,
        thresholds=[Threshold(**each) for each in thresholds],
        mode=GateMode(mode),
    )
    write_document(verdict, verdict_uri, aws)
    for check in verdict.checks:
        log.info("%s: %s", "passed" if check.passed else "failed", check.sentence)
    log.info("%s, gate %s: %s", evaluation.model_uri, mode, "promoted" if verdict.promote else "rejected")
    return verdict.promote


@task(task_id="promote_model", multiple_outputs=False)
def promote_model(
    *,
    model: str,
    run: str,
    training_uri: str,
    evaluation_uri: str,
    tracking_uri: str,
    aws: dict[str, Any],
    asset: Asset,
) -> str:
    """Register the model as a version, make it the champion and tell the asset; returns the version."""
    registration = registry.Registration(
        name=model,
        run=run,
        training=read_document(TrainingReport, training_uri, aws),
        training_uri=training_uri,
        evaluation=read_document(Evaluation, evaluation_uri, aws),
        evaluation_uri=evaluation_uri,
    )
    version = registry.register(registry.client(tracking_uri), registration)
    get_current_context()["outlet_events"][asset].extra = {
        "model": model,
        "version": version,
        "uri": registration.training.model_uri,
    }
    return version
