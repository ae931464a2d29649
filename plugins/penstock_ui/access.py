"""Who may see a page: the dependencies of Airflow's own API, one of which every route has."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import requires_access_dag
from airflow.models.dag import DagModel
from fastapi import Depends, Request

from penstock_ui.problem import Problem

if TYPE_CHECKING:
    from airflow.api_fastapi.auth.managers.models.base_user import BaseUser

ROLLBACK_DAG = "rollback_model"

READS_RUN = Depends(requires_access_dag("GET", DagAccessEntity.RUN))
"""On routes with `{dag_id}`: may read the runs of that DAG; on others: of any."""
READS_LOGS = Depends(requires_access_dag("GET", DagAccessEntity.TASK_LOGS))
STARTS_ROLLBACK = Depends(requires_access_dag("POST", DagAccessEntity.RUN, param_dag_id=ROLLBACK_DAG))


def may_start_rollback(user: BaseUser) -> bool:
    """Whether links to the form are shown; its own route asks again."""
    details = DagDetails(id=ROLLBACK_DAG, team_name=DagModel.get_team_name(ROLLBACK_DAG))
    manager = get_auth_manager()
    return manager.is_authorized_dag(method="POST", access_entity=DagAccessEntity.RUN, details=details, user=user)


def readable_dags(user: BaseUser) -> set[str]:
    """The DAGs whose runs' models may be shown."""
    return get_auth_manager().get_authorized_dag_ids(user=user, method="GET")


def same_origin(request: Request) -> None:
    """Refuse a form that another site has sent in the user's name; raises Problem.

    The cookie is SameSite=Lax already; a browser that says where a form comes from is taken at its word as well.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    from_here = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if site not in {None, "same-origin"} or not from_here:
        raise Problem(403, "This form was sent from another site", "Open the models' page in Airflow and start there.")
