"""What Airflow says of a run, asked through the Task SDK."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from airflow.sdk.execution_time.comms import DagRunResult, GetDagRun

from penstock.layout import run_key

if TYPE_CHECKING:
    from datetime import datetime

LIVE = ("queued", "running")
"""A cleared run is queued again, and its cluster may be found again."""
_KEY = re.compile(
    r"(?P<kind>.+__)(?P<day>\d{4}-\d\d-\d\d)T(?P<hour>\d\d)-(?P<minute>\d\d)-(?P<second>\d\d(\.\d+)?)"
    r"-(?P<offset>\d\d)-(?P<offset_minute>\d\d)(?P<suffix>_\w+)?-[0-9a-f]{8}"
)
_HASHED = re.compile(r"-[0-9a-f]{8}$")


@dataclass(frozen=True, kw_only=True)
class RunStatus:
    """A run's state in Airflow; None if there is no such run."""

    state: str | None
    ended: datetime | None = None

    @property
    def live(self) -> bool:
        """Whether it goes on, or will."""
        return self.state in LIVE


def status_of(dag_id: str, run_id: str) -> RunStatus:
    """Ask Airflow; raises AirflowRuntimeError if it does not answer.

    Counting comes first: the API's answer to a run that does not exist, 404, is also its answer to an id that its path
    cannot carry.
    """
    from airflow.sdk.execution_time.task_runner import (  # noqa: PLC0415 - set when the task starts
        SUPERVISOR_COMMS,
        RuntimeTaskInstance,
    )

    if not RuntimeTaskInstance.get_dr_count(dag_id, run_ids=[run_id]):
        return RunStatus(state=None)
    found = cast("DagRunResult", SUPERVISOR_COMMS.send(GetDagRun(dag_id=dag_id, run_id=run_id)))
    return RunStatus(state=found.state.value, ended=found.end_date)


def may_be_live(dag_id: str, key: str) -> bool:
    """Whether the run with this folder goes on; also if its id cannot be told while some run of the DAG goes on."""
    from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance  # noqa: PLC0415 - as above

    if not RuntimeTaskInstance.get_dr_count(dag_id, states=list(LIVE)):
        return False
    ids = run_ids(key)
    return not ids or bool(RuntimeTaskInstance.get_dr_count(dag_id, run_ids=ids, states=list(LIVE)))


def run_ids(key: str) -> list[str]:
    """The ids whose `run_key` this is; empty if an id of somebody's own was made safe, which cannot be undone.

    Airflow's own pattern is tried, and the key's hash decides.
    """
    undone = [each for each in _undone(key) if run_key(each) == key]
    return [] if _HASHED.search(key) and not undone else [key, *undone]


def _undone(key: str) -> list[str]:
    found = _KEY.fullmatch(key)
    if not found:
        return []
    clock = f"{found['day']}T{found['hour']}:{found['minute']}:{found['second']}"
    offset = f"{found['offset']}:{found['offset_minute']}{found['suffix'] or ''}"
    return [f"{found['kind']}{clock}{sign}{offset}" for sign in "+-"]
