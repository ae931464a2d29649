"""Promotion's second half: services reload the new champion, canary users try it, and all goes back if they cannot."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import TaskGroup, chain, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from penstock.deployment import Deployment
from penstock.jobs import SeenItems
from penstock_waits.served import ServiceError, entry_of
from workflow.form import param
from workflow.operators.reload import ReloadServicesOperator, services_of, unreachable
from workflow.publishing.canary import Answered, Limits, judge
from workflow.publishing.restoration import restore_champion
from workflow.publishing.sample import sample_users
from workflow.tables.parquet import read_batches

if TYPE_CHECKING:
    from penstock.deployment import Service
    from penstock_waits.services import ServiceClient
    from workflow.models import Contender
    from workflow.publishing.canary import Scored
    from workflow.recommender.flow import RecommenderFlow

log = logging.getLogger(__name__)

SCORES = ("user_id", "rank", "item_id", "score")
ANY_FAILED = "one_failed"


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """The tasks of a deployment that others are wired to."""

    begins: Any
    tried: Any
    ends: list[Any]
    """What follows nothing else: the run's report waits for it."""


def deploy(flow: RecommenderFlow, chosen: Contender) -> Deployed:
    """Note what is served, reload, try; and, when any of it fails, the services and the registry go back.

    Each step back is a task of its own that runs however the failed one ended, be it that its worker was killed. Both
    succeed when they have gone back: the run fails by the task that did not.
    """
    model, aws = flow.spec.scoring.model, flow.aws
    with TaskGroup("deploy"):
        found = find_served(model=model)
        bundle_uri = flow.deployment.layout.bundle(model, version_of(model))
        reloaded = _reload(flow, "reload_services", wanted=bundle_uri)
        canary = {**flow.spec.serving.canary.model_dump(), "top_k": param("top_k"), "seen_items": param("seen_items")}
        tried: Any = try_canary.override(execution_timeout=_limit(flow))(
            model=model,
            version=version_of(model),
            scores_uri=flow.run.scores(model),
            canary=canary,
            comparable=not (flow.spec.scoring.genres or flow.spec.scoring.available_uri),
            aws=aws,
        )
        chain(found, reloaded, tried)
        back = [
            _reload(flow, "restore_services", wanted=found, trigger_rule=ANY_FAILED, **patiently(flow)),
            restore_champion(flow, model, promoted=chosen.promotes),
        ]
        for each in back:
            chain([found, reloaded, tried], each)
    return Deployed(begins=found, tried=tried, ends=[tried, *back])


def version_of(model: str) -> str:
    """A template of the version that the gate has passed."""
    return f"{{{{ ti.xcom_pull(task_ids='{model}.gate') }}}}"


@task(task_id="find_served", multiple_outputs=False)
def find_served(*, model: str) -> dict[str, dict[str, str]]:
    """What each service serves now: where it goes back to. Asked once, so that a retried reload still knows."""
    return {each.name: _served(each, model) for each in services_of(Deployment.load(), model)}


@task(task_id="try_canary", multiple_outputs=False)
def try_canary(
    *, model: str, version: str, scores_uri: str, canary: dict[str, Any], comparable: bool, aws: dict[str, Any]
) -> list[int]:
    """Ask every service for the canary users; nonsense fails at once, and what follows the failure goes back.

    Returns the users.
    """
    services = services_of(Deployment.load(), model)
    n = min(canary["n"], int(canary["top_k"]))
    users = sample_users(read_batches(scores_uri, SCORES, aws), users=canary["users"], seed=canary["seed"], n=n)
    limits = Limits(
        version=version,
        exclude_seen=canary["seen_items"] == SeenItems.EXCLUDE,
        min_agreement=canary["min_agreement"],
        max_same_list=canary["max_same_list"],
        comparable=comparable,
    )
    for service in services:
        if problems := judge(_answers(service, users, limits), limits):
            raise AirflowFailException(
                f"{service.name} serves nonsense with version {version} of {model}, so every service and the alias "
                f"go back: {'. '.join(problems)}"
            )
        log.info("%s: version %s is sound for %d users", service.name, version, len(users))
    return [each.user_id for each in users]


def _served(service: Service, model: str) -> dict[str, str]:
    from penstock_waits.services import ServiceClient  # noqa: PLC0415 - httpx is slow to import

    try:
        with ServiceClient.connect(service.conn_id) as client:
            entry = entry_of(client.models(), model)
    except ServiceError as error:
        raise AirflowException(unreachable(service, error)) from error
    before = {name: str(entry.get(name, "")) for name in ("version", "bundle_uri")}
    log.info("%s serves %s", service.name, json.dumps(before))
    return before


def _answers(service: Service, users: list[Scored], limits: Limits) -> list[Answered]:
    from penstock_waits.services import ServiceClient  # noqa: PLC0415 - as above

    with ServiceClient.connect(service.conn_id) as client:
        return [_answer(client, each, limits) for each in users]


def _answer(client: ServiceClient, user: Scored, limits: Limits) -> Answered:
    try:
        body = client.recommendations(user.user_id, n=max(len(user.items), 1), exclude_seen=limits.exclude_seen)
    except ServiceError as error:
        return Answered(user=user, body=None, error=str(error))
    return Answered(user=user, body=body)


def _reload(flow: RecommenderFlow, task_id: str, *, wanted: Any, **more: Any) -> ReloadServicesOperator:
    return ReloadServicesOperator(
        task_id=task_id,
        model=flow.spec.scoring.model,
        wanted=wanted,
        poll_seconds=flow.deployment.poll_seconds,
        execution_timeout=_limit(flow),
        **more,
    )


def patiently(flow: RecommenderFlow) -> dict[str, Any]:
    """How a service is taken back that is about another reload, or down: for about 25 minutes at the default pace."""
    return {
        "retries": 6,
        "retry_delay": timedelta(seconds=flow.deployment.poll_seconds),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=10),
    }


def _limit(flow: RecommenderFlow) -> timedelta:
    return timedelta(minutes=flow.spec.timeouts.deploy)
