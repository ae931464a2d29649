"""Decide where the champion goes, move it, if it still is where it was, and have the services follow it."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset, AssetAlias, chain, get_current_context, task

from penstock.deployment import Deployment
from penstock.errors import PenstockError
from penstock.layout import Layout
from workflow import registry
from workflow.form import param
from workflow.notifications import notify
from workflow.operators.reload import ReloadServicesOperator, services_of
from workflow.patience import refusing_what_stays_wrong, while_away

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

    from workflow.rollback.flow import RollbackFlow

log = logging.getLogger(__name__)
CHAMPIONS = AssetAlias("penstock.champions")
RELOAD_TIMEOUT = timedelta(minutes=15)
RELOAD_RETRIES = 3


def roll_back(flow: RollbackFlow) -> None:
    """All tasks. A retry of the second finds what the first decided, so it never goes back twice."""
    patience, uri, model = while_away(flow.deployment), flow.deployment.mlflow_tracking_uri, param("model")
    found: Any = find_version.override(**patience)(model=model, version=param("version"), tracking_uri=uri)
    moved: Any = move_champion.override(**patience)(model=model, versions=found, tracking_uri=uri)
    bundle: Any = find_bundle.override(**patience)(
        model=model, version=moved, root=flow.deployment.root, tracking_uri=uri
    )
    chain(bundle, reload_services(flow, model, bundle))


def reload_services(flow: RollbackFlow, model: str, bundle: Any) -> ReloadServicesOperator:
    """The services of the model go back as well; a bundle that is gone fails here, with the alias moved."""
    return ReloadServicesOperator(
        task_id="reload_services",
        model=model,
        wanted=bundle,
        poll_seconds=flow.deployment.poll_seconds,
        execution_timeout=RELOAD_TIMEOUT,
        retries=RELOAD_RETRIES,
        retry_delay=timedelta(seconds=flow.deployment.poll_seconds),
    )


@task(task_id="find_version", multiple_outputs=False)
def find_version(*, model: str, version: str, tracking_uri: str) -> dict[str, str]:
    """The version that is champion and the one that shall be."""
    with refusing_what_stays_wrong():
        return decide(registry.client(tracking_uri), model, version)


@task(task_id="move_champion", multiple_outputs=False, outlets=[CHAMPIONS])
def move_champion(*, model: str, versions: dict[str, str], tracking_uri: str) -> str:
    """Move the alias and tell the world; returns the version that is champion now."""
    with refusing_what_stays_wrong():
        mlflow = registry.client(tracking_uri)
        move(mlflow, model, versions)
        announce(mlflow, model, versions["to"])
    log.info("%s: version %s is champion instead of %s", model, versions["to"], versions["from"])
    notify(Deployment.load(), f"{model} was rolled back to version {versions['to']}", f"It was {versions['from']}.")
    return versions["to"]


@task(task_id="find_bundle", multiple_outputs=False)
def find_bundle(*, model: str, version: str, root: str, tracking_uri: str) -> str:
    """Where the bundle of the champion lies, for the services of the model; skipped where there is none."""
    services_of(Deployment.load(), model)
    with refusing_what_stays_wrong():
        found = registry.client(tracking_uri).get_model_version(model, version)
    return Layout(root).bundle(model, str(found.source).rstrip("/").rpartition("/")[2])


def announce(mlflow: MlflowClient, model: str, version: str) -> None:
    """Tell the asset alias which version is champion; of a task with the outlet CHAMPIONS."""
    tags = mlflow.get_model_version(model, version).tags
    news = {"model": model, "version": version, "uri": tags.get(registry.MODEL_FOLDER, "")}
    get_current_context()["outlet_events"][CHAMPIONS].add(Asset(asset_of(model, tags)), extra={**news})


def decide(mlflow: MlflowClient, model: str, version: str) -> dict[str, str]:
    """`from` and `to`; raises PenstockError for a model that has nowhere to go back to."""
    known = {str(each.version): each for each in mlflow.search_model_versions(f"name = '{model}'")}
    champion = registry.champion_version(mlflow, model)
    if champion is None:
        names = ", ".join(sorted(each.name for each in mlflow.search_registered_models())) or "none"
        raise PenstockError(f"{model!r} has no champion to roll back; registered models: {names}")
    target = version or str(known[champion].tags.get(registry.REPLACED, ""))
    if not target:
        raise PenstockError(f"version {champion} of {model} is the first champion; there is none to go back to")
    if target not in known:
        numbers = ", ".join(sorted(known, key=int))
        raise PenstockError(f"{model} has no version {target} (any more); it has {numbers}. Name one of them")
    if target == champion:
        raise PenstockError(f"version {target} of {model} is the champion already")
    return {"from": champion, "to": target}


def move(mlflow: MlflowClient, model: str, versions: dict[str, str]) -> None:
    """Move the alias unless it has moved already; raises PenstockError if somebody has moved it elsewhere."""
    champion = registry.champion_version(mlflow, model)
    if champion == versions["to"]:
        return
    if champion != versions["from"]:
        raise PenstockError(
            f"version {champion} of {model} has become champion since this run found version {versions['from']}. "
            "Nothing was changed; start another run if it is still wanted"
        )
    mlflow.set_registered_model_alias(model, registry.CHAMPION, versions["to"])


def asset_of(model: str, tags: dict[str, str]) -> str:
    """The asset that the workflow of the version's run updates with each promotion."""
    dag_id = tags.get(registry.RUN, "").partition("/")[0]
    return f"{dag_id}.model.{model}"
