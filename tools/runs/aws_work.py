"""What a run has AWS do: Glue job runs and EMR steps, by the timelines that AWS itself reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

RUNNING = ("RUNNING", "STARTING", "PENDING", "STOPPING")
_CLOCK_SLACK = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Work:
    """One Glue job run or EMR step; `began` is None while it waits, `reason` and `log` are empty unless it failed."""

    service: str
    name: str
    state: str
    began: datetime | None
    ended: datetime | None
    reason: str = ""
    log: str = ""


class AwsWork:
    """Finds the work that began after a moment."""

    def __init__(self, emr: Any, glue: Any, since: datetime) -> None:
        self._emr, self._glue = emr, glue
        self._since = since - _CLOCK_SLACK

    def now(self) -> list[Work]:
        """Everything so far, oldest first; what waits comes last."""
        found = [*self._job_runs(), *self._steps()]
        return sorted(found, key=lambda each: (each.began is None, each.began and each.began.timestamp()))

    def clusters(self) -> list[str]:
        """Ids of the clusters created since."""
        return [each["Id"] for each in self._emr.list_clusters(CreatedAfter=self._since)["Clusters"]]

    def _job_runs(self) -> Iterable[Work]:
        for job in self._glue.get_jobs()["Jobs"]:
            for each in self._glue.get_job_runs(JobName=job["Name"])["JobRuns"]:
                if each["StartedOn"] >= self._since:
                    yield Work(
                        service="Glue",
                        name=job["Name"],
                        state=each["JobRunState"],
                        began=each["StartedOn"],
                        ended=each.get("CompletedOn"),
                        reason=each.get("ErrorMessage", ""),
                    )

    def _steps(self) -> Iterable[Work]:
        for cluster in self.clusters():
            for each in self._emr.list_steps(ClusterId=cluster)["Steps"]:
                timeline, failure = each["Status"]["Timeline"], each["Status"].get("FailureDetails", {})
                yield Work(
                    service="EMR",
                    name=each["Name"].partition(" [")[0],  # what follows is the key of the task's attempts
                    state=each["Status"]["State"],
                    began=timeline.get("StartDateTime"),
                    ended=timeline.get("EndDateTime"),
                    reason=failure.get("Message") or failure.get("Reason", ""),
                    log=failure.get("LogFile", ""),
                )


def busy_seconds(work: Iterable[Work], began: datetime, ended: datetime) -> float:
    """Seconds of `began`..`ended` in which at least one piece of work ran: the union of their intervals."""
    spans = sorted(
        (max(each.began, began), min(each.ended or ended, ended)) for each in work if each.began and each.began < ended
    )
    total, reached = 0.0, began
    for start, end in spans:
        if end > reached:
            total += (end - max(start, reached)).total_seconds()
            reached = end
    return total
