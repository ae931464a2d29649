"""The report of a run: the page as its job wrote it, and its JSON twin."""

from __future__ import annotations

from airflow.api_fastapi.common.db.common import SessionDep  # noqa: TC002 - FastAPI reads it
from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from penstock.deployment import Deployment
from penstock_ui import addresses, pages, store
from penstock_ui.access import READS_RUN
from penstock_ui.runs import find_run, no_report, outputs

router = APIRouter(dependencies=[READS_RUN])


@router.get(addresses.REPORT)
def report(dag_id: str, run_id: str, session: SessionDep) -> Response:
    """The page."""
    run, deployment = find_run(session, dag_id, run_id), Deployment.load()
    html = store.read(deployment, outputs(deployment, run).report_page)
    if html is None:
        raise no_report(run, "report")
    return HTMLResponse(html, headers=pages.REPORT)


@router.get(addresses.REPORT_JSON)
def report_json(dag_id: str, run_id: str, session: SessionDep) -> Response:
    """The same as data."""
    run, deployment = find_run(session, dag_id, run_id), Deployment.load()
    document = store.read(deployment, outputs(deployment, run).report_json)
    if document is None:
        raise no_report(run, "report's JSON")
    return Response(document, media_type="application/json", headers=pages.REPORT)
