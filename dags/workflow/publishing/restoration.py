"""The registry's part of taking a deployment back: the alias, to the version that was champion before."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from airflow.sdk import task
from airflow.sdk.exceptions import AirflowSkipException

from penstock.deployment import Deployment
from workflow import registry
from workflow.notifications import notify
from workflow.operators.reload import services_of
from workflow.patience import refusing_what_stays_wrong, while_away
from workflow.rollback.tasks import CHAMPIONS, announce, move

if TYPE_CHECKING:
    from airflow.sdk import XComArg
    from mlflow.tracking import MlflowClient

    from workflow.flow import Flow

log = logging.getLogger(__name__)


def restore_champion(flow: Flow[Any], model: str, *, promoted: Any) -> XComArg:
    """The task that runs when the deployment of a new champion has failed."""
    patience, uri = while_away(flow.deployment), flow.deployment.mlflow_tracking_uri
    return give_back.override(**patience)(model=model, promoted=promoted, tracking_uri=uri)


@task(task_id="restore_champion", multiple_outputs=False, trigger_rule="one_failed", outlets=[CHAMPIONS])
def give_back(*, model: str, promoted: str | None, tracking_uri: str) -> str:
    """Move the alias back; returns the version that is champion now, empty for none."""
    services_of(Deployment.load(), model)
    if not promoted:
        raise AirflowSkipException(f"This run has promoted no {model}: there is nothing to take back.")
    with refusing_what_stays_wrong():
        mlflow = registry.client(tracking_uri)
        before = restore(mlflow, model, promoted)
        if before:
            announce(mlflow, model, before)
    notify(Deployment.load(), f"{model} is back at {_named(before)}", f"Version {promoted} could not be served.")
    return before


def restore(mlflow: MlflowClient, model: str, promoted: str) -> str:
    """The version that was champion before `promoted` is champion again; the first champion of all leaves none.

    Raises PenstockError, and changes nothing, if somebody else has moved the alias in the meantime.
    """
    before = str(mlflow.get_model_version(model, promoted).tags.get(registry.REPLACED, ""))
    if before:
        move(mlflow, model, {"from": promoted, "to": before})
    elif registry.champion_version(mlflow, model) == promoted:
        mlflow.delete_registered_model_alias(model, registry.CHAMPION)
    log.info("%s: %s is champion instead of version %s", model, _named(before), promoted)
    return before


def _named(version: str) -> str:
    return f"version {version}" if version else "no champion"
