"""The log of the job that a task ran."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from airflow.api_fastapi.common.db.common import SessionDep  # noqa: TC002 - FastAPI reads it
from fastapi import APIRouter, Query, Response

from penstock.deployment import Deployment
from penstock.redaction import redact
from penstock_ui import addresses, store
from penstock_ui.access import READS_LOGS
from penstock_ui.pages import page
from penstock_ui.problem import Problem
from penstock_ui.runs import driver_log_place, find_run

if TYPE_CHECKING:
    from collections.abc import Mapping

router = APIRouter(dependencies=[READS_LOGS])
CLOUDWATCH = "cloudwatch:"


@router.get(addresses.LOG)
def log(
    dag_id: str, run_id: str, task_id: str, session: SessionDep, map_index: Annotated[int, Query(ge=-1)] = -1
) -> Response:
    """The last lines of each stream, the more telling one first, and an empty one last."""
    run = find_run(session, dag_id, run_id)
    place = driver_log_place(session, run, task_id, map_index)
    found = streams(Deployment.load(), place)
    if not found:
        raise Problem(
            404,
            f"There is no log yet at {place}",
            "AWS uploads it while the job runs and after its end, EMR every 5 minutes. Open this page again then.",
        )
    return page("log.html", run=run, task_id=task_id, place=place, streams=found, most=store.LINES)


def streams(deployment: Deployment, place: str) -> Mapping[str, list[str]]:
    """What there is of the driver's streams, by name. Raises Problem for a place that is not a log of this deployment.

    Whoever may edit a task's XComs could name any place, and the API server may read more than that user.
    """
    if place.startswith(CLOUDWATCH):
        group, _, stream = place.removeprefix(CLOUDWATCH).partition("#")
        if not group.startswith("/aws-glue/jobs"):
            raise _elsewhere(place, "Only logs of Glue are read from CloudWatch.")
        found = {name: store.log_events(deployment, f"{group}/{name}", stream) for name in ("error", "output")}
    else:
        root = deployment.layout.logs
        if not place.startswith(root) or ".." in place:
            raise _elsewhere(place, f"Only logs below {root} are shown here.")
        found = {name: store.tail(deployment, f"{place}{name}.gz") for name in ("stderr", "stdout")}
    there = {
        name: redact("\n".join(lines)).split("\n") if lines else lines
        for name, lines in found.items()
        if lines is not None
    }
    return dict(sorted(there.items(), key=lambda each: not each[1]))


def _elsewhere(place: str, why: str) -> Problem:
    return Problem(403, f"The log lies at {place}", f"{why} Open that place in the AWS console.")
