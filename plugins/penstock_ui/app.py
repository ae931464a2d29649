"""The pages as a FastAPI app, which Airflow mounts below its own: its cookies and its auth manager are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.api_fastapi.app import get_auth_manager
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from penstock.errors import DeploymentError
from penstock_ui import addresses, logs, models, reports, rollback
from penstock_ui.pages import problem_page
from penstock_ui.problem import Problem

if TYPE_CHECKING:
    from typing import Any


def create_app() -> FastAPI:
    """No OpenAPI and no docs: they would be served to anyone."""
    app = FastAPI(title="Penstock", docs_url=None, redoc_url=None, openapi_url=None)
    for part in (reports, logs, models, rollback):
        app.include_router(part.router)
    handlers: dict[type[Exception], Any] = {
        HTTPException: _refused,
        RequestValidationError: _malformed,
        Problem: _problem,
        DeploymentError: _undeployed,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
    return app


async def _refused(request: Request, error: HTTPException) -> Response:
    known = {
        401: Problem(
            401, "You are not logged in", "Log in to Airflow, then open this page again.", link=_login(request)
        ),
        403: Problem(
            403,
            "You may not see this",
            "It shows what a DAG has made, and Airflow lets you not read that DAG, its runs or its logs. Ask whoever "
            "gives permissions in Airflow.",
        ),
        404: Problem(404, "There is no such page", "Open Models in Airflow's navigation, or Report on a DAG run."),
    }
    other = Problem(error.status_code, str(error.detail), "Go back and try again.")
    return problem_page(known.get(error.status_code, other))


async def _malformed(request: Request, error: RequestValidationError) -> Response:
    wrong = ", ".join(sorted({str(each["loc"][-1]) for each in error.errors()}))
    return problem_page(Problem(422, f"This address does not fit: {wrong}", "Follow a link instead of typing it."))


async def _problem(request: Request, error: Problem) -> Response:
    return problem_page(error)


async def _undeployed(request: Request, error: DeploymentError) -> Response:
    remedy = "The API server needs the deployment that the DAGs have: the same file and the same environment variable."
    return problem_page(Problem(503, str(error), remedy))


def _login(request: Request) -> tuple[str, str]:
    path = f"{addresses.inside('')}{request.scope['path'].removeprefix(request.scope.get('root_path', ''))}"
    query = f"?{request.url.query}" if request.url.query else ""
    return get_auth_manager().get_url_login(next_url=f"{path}{query}"), "Log in"
