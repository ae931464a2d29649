"""From a verdict to a champion: a copy that no later run touches, a version in the registry, the alias."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from airflow.sdk import Asset, get_current_context, task

from penstock.deployment import Deployment
from penstock_ui.links import ModelVersionLink, ReportLink
from workflow import registry
from workflow.approved import require_approval
from workflow.mlmodel import SPARK_MODEL, mlmodel
from workflow.notifications import notify
from workflow.patience import refusing_what_stays_wrong, while_away
from workflow.storage import copy_document, copy_folder, read_evidence, write_text

if TYPE_CHECKING:
    from airflow.sdk import XComArg

    from workflow.evidence import Evidence
    from workflow.flow import Flow
    from workflow.models import Sources

TRAINING, JUDGEMENT = "penstock.training", "penstock.evaluation"


def promote(flow: Flow[Any], sources: Sources) -> XComArg:
    """The task that makes a model the champion."""
    asset = Asset(f"{flow.dag_id}.model.{sources.model}")
    documents = {TRAINING: sources.trained, JUDGEMENT: sources.judged, registry.CHECKS: sources.checks}
    promoted: Any = promote_model.override(outlets=[asset], **while_away(flow.deployment))(
        model=sources.model,
        run=f"{flow.dag_id}/{{{{ run_id }}}}",
        documents={tag: uri for tag, uri in documents.items() if uri},
        approval_uri=sources.approval,
        models_uri=flow.deployment.layout.models(sources.model),
        tracking_uri=flow.deployment.mlflow_tracking_uri,
        aws=flow.aws,
        asset=asset,
    )
    promoted.operator.operator_extra_links = (ModelVersionLink(), ReportLink())
    return cast("XComArg", promoted)


@task(task_id="promote_model", multiple_outputs=False)
def promote_model(
    *,
    model: str,
    run: str,
    documents: dict[str, str],
    approval_uri: str,
    models_uri: str,
    tracking_uri: str,
    aws: dict[str, Any],
    asset: Asset,
) -> str:
    """Register the model as a version, make it the champion and tell the asset; returns the version.

    The version gets copies of its own of the model and of the documents behind it, because a cleared run trains again
    into the same place, and because housekeeping removes old runs.
    """
    with refusing_what_stays_wrong():
        evidence = read_evidence(documents[TRAINING], documents[JUDGEMENT], aws)
        require_approval(Deployment.load(), model=model, version=evidence.version, approval_uri=approval_uri, aws=aws)
        registration = preserve(model, run, evidence, documents, models_uri=models_uri, aws=aws)
        version = registry.register(registry.client(tracking_uri), registration)
    news = {"model": model, "version": version, "uri": registration.model_uri}
    get_current_context()["outlet_events"][asset].extra = {**news}
    notify(Deployment.load(), *announcement(registration, version))
    return version


def preserve(
    model: str, run: str, evidence: Evidence, documents: dict[str, str], *, models_uri: str, aws: dict[str, Any]
) -> registry.Registration:
    """Copy the model and its documents into the version's folder, in the layout of MLflow's Spark flavor."""
    version_uri = f"{models_uri}/{evidence.version}"
    model_uri = f"{version_uri}/{SPARK_MODEL}"
    copy_folder(evidence.model_uri, model_uri, aws)
    copies = {
        tag: copy_document(uri, f"{version_uri}/{tag.rpartition('.')[2]}.json", aws) for tag, uri in documents.items()
    }
    write_text(mlmodel(evidence), f"{version_uri}/MLmodel", aws)
    return registry.Registration(
        name=model, run=run, evidence=evidence, version_uri=version_uri, model_uri=model_uri, documents=copies
    )


def announcement(registration: registry.Registration, version: str) -> tuple[str, str]:
    """Subject and text of the news that there is a new champion."""
    known = {name: value for name, value in registration.evidence.challenger.items() if value is not None}
    metrics = [f"{name}: {value:.4f}" for name, value in known.items()]
    subject = f"{registration.name} version {version} is champion"
    return subject, "\n".join([f"Model: {registration.model_uri}", *metrics])
