"""From an evaluation to a champion: look up the old one, judge the new one, register it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from airflow.sdk import get_current_context, task

from penstock.deployment import Deployment
from penstock.documents import Evaluation, TrainingReport
from penstock.gate import GateMode, Threshold, judge
from penstock.jobs import SplitArgs
from workflow import registry
from workflow.notifications import notify
from workflow.storage import copy_folder, read_document, write_document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow.sdk import Asset

log = logging.getLogger(__name__)
FIND_CHAMPIONS = "find_champions"


def champion_of(model: str, what: str) -> str:
    """A template of the champion's `uri`, or of why it is `incomparable`; empty if there is none."""
    return f"{{{{ ti.xcom_pull(task_ids='{FIND_CHAMPIONS}')['{model}']['{what}'] }}}}"


@task(task_id=FIND_CHAMPIONS, multiple_outputs=False)
def find_champions(*, models: list[str], tracking_uri: str) -> dict[str, dict[str, str]]:
    """Where each model's champion lies. Asked once, before training: all of the run sees the same champions.

    A champion of another split has learnt from rows that are held out now, so it is not judged on them.
    """
    mlflow = registry.client(tracking_uri)
    split = split_of(get_current_context()["params"])
    return {model: judgeable(registry.find_champion(mlflow, model), split) for model in models}


def split_of(params: Mapping[str, Any]) -> str:
    """The run's split in words, as training writes it into its report."""
    return SplitArgs(**{each: params[each] for each in SplitArgs.field_names()}).describe_split()


def judgeable(champion: registry.Champion | None, split: str) -> dict[str, str]:
    """The champion's location, or why it cannot be judged on this split's held-out rows."""
    if champion is None:
        return {"uri": "", "incomparable": ""}
    if champion.split == split:
        return {"uri": champion.uri, "incomparable": ""}
    reason = (
        f"the champion was trained on another split ({champion.split}) than this run's ({split}), so it may have "
        "learnt from rows that are held out now; gate_mode dry_run promotes without the comparison"
    )
    return {"uri": "", "incomparable": reason}


@task.short_circuit(task_id="gate", ignore_downstream_trigger_rules=False)
def gate(
    *,
    evaluation_uri: str,
    verdict_uri: str,
    incomparable: str,
    mode: str,
    thresholds: list[dict[str, Any]],
    aws: dict[str, Any],
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
        incomparable=incomparable,
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
    models_uri: str,
    tracking_uri: str,
    aws: dict[str, Any],
    asset: Asset,
) -> str:
    """Register the model as a version, make it the champion and tell the asset; returns the version.

    The version gets a copy of its own, because a cleared run trains again into the same place.
    """
    training = read_document(TrainingReport, training_uri, aws)
    evaluation = read_document(Evaluation, evaluation_uri, aws)
    model_uri = f"{models_uri}/{registry.identity(run, training, evaluation)[:16]}"
    copy_folder(training.model_uri, model_uri, aws)
    registration = registry.Registration(
        name=model,
        run=run,
        training=training,
        training_uri=training_uri,
        evaluation=evaluation,
        evaluation_uri=evaluation_uri,
        model_uri=model_uri,
    )
    version = registry.register(registry.client(tracking_uri), registration)
    get_current_context()["outlet_events"][asset].extra = {"model": model, "version": version, "uri": model_uri}
    notify(Deployment.load(), *announcement(registration, version))
    return version


def announcement(registration: registry.Registration, version: str) -> tuple[str, str]:
    """Subject and text of the news that there is a new champion."""
    known = {name: value for name, value in registration.evaluation.challenger.items() if value is not None}
    metrics = [f"{name}: {value:.4f}" for name, value in known.items()]
    subject = f"{registration.name} version {version} is champion"
    return subject, "\n".join([f"Model: {registration.model_uri}", *metrics])
