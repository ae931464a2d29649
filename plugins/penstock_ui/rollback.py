"""The form that makes another version champion, by a run of the DAG `rollback_model`.

Airflow's own form takes no values from its address (its UI had that and dropped it: apache/airflow#59769), so this
one stands for it: the same permission, the same parameters, and the run is Airflow's like any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from airflow.api.common.trigger_dag import trigger_dag
from airflow.api_fastapi.common.db.common import SessionDep  # noqa: TC002 - FastAPI reads it
from airflow.api_fastapi.core_api.security import GetUserDep  # noqa: TC002 - FastAPI reads it
from airflow.exceptions import ParamValidationError
from airflow.models.dag import DagModel
from airflow.utils.types import DagRunTriggeredByType
from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import RedirectResponse

from penstock.deployment import Deployment
from penstock_ui import access, addresses
from penstock_ui.models import readable_models
from penstock_ui.pages import PRIVATE, page
from penstock_ui.problem import Problem
from penstock_ui.runs import find_run

if TYPE_CHECKING:
    from airflow.api_fastapi.auth.managers.models.base_user import BaseUser

    from penstock_ui.registry import Model

router = APIRouter(dependencies=[access.STARTS_ROLLBACK])
Text = Annotated[str, Query(max_length=250)]


@router.get(addresses.ROLLBACK)
async def form(model: Text, user: GetUserDep, version: Text = "") -> Response:
    """What would be started."""
    found = await _checked(user, model, version)
    paused = (await to_thread.run_sync(_dag)).is_paused
    return page("rollback.html", model=found, version=version, paused=paused, dag_id=access.ROLLBACK_DAG)


@router.post(addresses.ROLLBACK, dependencies=[Depends(access.same_origin)])
async def start(model: Text, user: GetUserDep, version: Text = "") -> Response:
    """Start it."""
    await _checked(user, model, version)
    run_id = await to_thread.run_sync(_start, {"model": model, "version": version}, user.get_name())
    return RedirectResponse(addresses.started(run_id), 303, headers=PRIVATE)


@router.get(addresses.STARTED)
def started(run_id: Text, session: SessionDep) -> Response:
    """How far it is."""
    return page("started.html", run=find_run(session, access.ROLLBACK_DAG, run_id))


async def _checked(user: BaseUser, name: str, version: str) -> Model:
    models = await readable_models(user, Deployment.load().mlflow_tracking_uri)
    found = next((each for each in models if each.name == name), None)
    if found is None:
        raise Problem(404, f"There is no model {name}", "Choose one of those on the models' page.")
    if version and version not in {each.number for each in found.versions}:
        raise Problem(404, f"{name} has no version {version}", "Choose one of those on the models' page.")
    return found


def _dag() -> DagModel:
    found = DagModel.get_current(access.ROLLBACK_DAG)
    if found is None or found.is_stale:
        raise Problem(
            404,
            f"Airflow has no DAG {access.ROLLBACK_DAG}, which sets the champion",
            "Deploy it, dags/rollback_model.py, or look on Airflow's first page why it cannot be imported.",
        )
    return found


def _start(values: dict[str, str], user: str) -> str:
    _dag()
    try:
        run = trigger_dag(
            access.ROLLBACK_DAG, triggered_by=DagRunTriggeredByType.UI, triggering_user_name=user, conf=values
        )
    except (ParamValidationError, ValueError) as error:
        raise Problem(400, f"{access.ROLLBACK_DAG} refuses {values}: {error}", "Choose another version.") from error
    assert run is not None  # noqa: S101 - None is for no DAG, which is asked above
    return str(run.run_id)
