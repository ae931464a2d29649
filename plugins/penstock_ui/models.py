"""The models page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
from airflow.api_fastapi.core_api.security import GetUserDep  # noqa: TC002 - FastAPI reads it
from anyio import to_thread
from fastapi import APIRouter, Response

from penstock.deployment import Deployment
from penstock_ui import access, addresses, chart
from penstock_ui.pages import page
from penstock_ui.problem import Problem
from penstock_ui.registry import client, read_models

if TYPE_CHECKING:
    from airflow.api_fastapi.auth.managers.models.base_user import BaseUser

    from penstock_ui.registry import Model

router = APIRouter(dependencies=[access.READS_RUN])
PATIENCE = 12
"""Seconds that a reader waits for the registry: MLflow's own client tries for minutes."""


@router.get(addresses.MODELS)
async def models(user: GetUserDep) -> Response:
    """Every model, its versions and their metrics."""
    deployment = Deployment.load()
    found = await readable_models(user, deployment.mlflow_tracking_uri)
    return page(
        "models.html",
        models=[(each, chart.charts(each)) for each in found],
        tracking_uri=deployment.mlflow_tracking_uri,
        may_start=await to_thread.run_sync(access.may_start_rollback, user),
        chart=chart,
    )


async def readable_models(user: BaseUser, tracking_uri: str) -> list[Model]:
    """What the registry has for this user; raises Problem if it does not answer in time."""
    readable = await to_thread.run_sync(access.readable_dags, user)
    mlflow = await to_thread.run_sync(client, tracking_uri)
    try:
        with anyio.fail_after(PATIENCE):
            return await to_thread.run_sync(read_models, mlflow, readable, abandon_on_cancel=True)
    except TimeoutError:
        why = f"no answer within {PATIENCE} s"
    except Exception as error:  # noqa: BLE001 - MLflow's client raises its own, requests' and urllib3's
        why = str(error).partition("\n")[0][:300]
    raise Problem(
        503,
        f"The model registry at {tracking_uri} does not answer: {why}",
        "Runs that train meanwhile lose no model: they wait for it. Open this page again in a minute, and if it stays "
        "so, start MLflow again (locally: make status, then make up).",
    )
