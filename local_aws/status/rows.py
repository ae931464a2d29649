"""What the page shows, as plain values taken from the services."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from moto.core.utils import utcnow

from local_aws.emr.cluster import RunningCluster
from local_aws.emr.notebooks.notebook import NotebookExecution
from local_aws.emr.step import RunningStep

LOGS = ("stdout", "stderr", "controller")
MOST_ROWS = 200
# The colour of a state: what is to come, goes on, went well, went wrong, or was ended on purpose.
TONES = {
    **dict.fromkeys(("PENDING", "START_PENDING", "STARTING", "SUBMITTED", "SCHEDULED", "QUEUED", "CREATED"), "idle"),
    **dict.fromkeys(
        ("RUNNING", "BOOTSTRAPPING", "TERMINATING", "CANCEL_PENDING", "STOPPING", "CANCELLING", "FINISHING"), "busy"
    ),
    **dict.fromkeys(("COMPLETED", "SUCCEEDED", "SUCCESS", "WAITING", "STARTED", "FINISHED"), "good"),
    **dict.fromkeys(("FAILED", "TERMINATED_WITH_ERRORS", "TIMEOUT", "ERROR"), "bad"),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that runs or ran: a cluster, a step, a job run."""

    name: str
    id: str
    state: str
    began: datetime | None
    ended: datetime | None
    detail: str = ""
    place: str = ""
    logs: tuple[str, ...] = ()
    parts: tuple["Row", ...] = field(default=())

    @property
    def tone(self) -> str:
        """The colour of the state."""
        return TONES.get(self.state, "over")

    @property
    def duration(self) -> str:
        """How long it took, or has taken so far."""
        if self.began is None:
            return ""
        return readable((self.ended or utcnow()) - self.began)


def readable(duration: timedelta) -> str:
    """Return a duration as a person says it: ``0.4 s``, ``2 min 05 s``, ``3 h 01 min``."""
    seconds = duration.total_seconds()
    if seconds < 60:  # noqa: PLR2004
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def existing_logs(work: Path, place: str) -> tuple[str, ...]:
    """Return the logs that a working directory holds."""
    return tuple(name for name in LOGS if (work / place / name).is_file())


def cluster_rows(clusters: Iterable[RunningCluster], work: Path) -> list[Row]:
    """Return EMR's clusters with their steps, the newest first."""
    newest = sorted(clusters, key=lambda cluster: cluster.creation_datetime, reverse=True)[:MOST_ROWS]
    return [_cluster(cluster, work) for cluster in newest]


def _cluster(cluster: RunningCluster, work: Path) -> Row:
    place = f"emr/{cluster.id}/bootstrap-actions"
    actions = tuple(
        Row(name=str(action.name), id=f"bootstrap action {number}", state="", began=None, ended=None,
            place=f"{place}/{number}", logs=existing_logs(work, f"{place}/{number}"))
        for number, action in enumerate(cluster.bootstrap_actions, start=1)
    )  # fmt: skip
    return Row(
        name=cluster.name,
        id=cluster.id,
        state=str(cluster.state),
        began=cluster.creation_datetime,
        ended=cluster.end_datetime,
        detail=cluster.reason.get("Message", ""),
        parts=(
            *actions,
            *(_step(cluster.id, step, work) for step in list(cluster.steps)),
            *(_notebook(cluster.id, execution, work) for execution in list(cluster.notebooks)),
        ),
    )


def _notebook(cluster_id: str, execution: NotebookExecution, work: Path) -> Row:
    place = f"emr/{cluster_id}/notebooks/{execution.id}"
    return Row(
        name=execution.request.get("NotebookExecutionName") or "notebook",
        id=execution.id,
        state=execution.state,
        began=execution.created,
        ended=execution.ended,
        detail=execution.reason,
        place=place,
        logs=existing_logs(work, place),
    )


def _step(cluster_id: str, step: RunningStep, work: Path) -> Row:
    place = f"emr/{cluster_id}/steps/{step.id}"
    return Row(
        name=step.name,
        id=step.id,
        state=step.state,
        began=step.start_date_time,
        ended=step.end_date_time,
        detail=(step.failure or {}).get("Message", "") or step.cancel_reason or "",
        place=place,
        logs=existing_logs(work, place),
    )
