"""The end of clusters, so that what AWS refuses for one keeps no other alive."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workflow.housekeeping.inventory import FAILURES, state_of
from workflow.ownership import LIVE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workflow.ownership import OwnedCluster

BATCH = 10
"""https://docs.aws.amazon.com/emr/latest/APIReference/API_TerminateJobFlows.html: "The maximum number is 10"."""
ENDED = ("TERMINATED", "TERMINATED_WITH_ERRORS")
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long to wait for clusters to end."""

    seconds: float
    poll_seconds: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def end(emr: Any, clusters: Sequence[OwnedCluster], patience: Patience) -> dict[str, str]:
    """Terminate all and wait; returns a sentence for each cluster that goes on, by its id."""
    problems = _terminate(emr, clusters)
    ids = [each.id for each in clusters if each.id not in problems]
    return {**problems, **_wait(emr, ids, patience)}


def _terminate(emr: Any, clusters: Sequence[OwnedCluster]) -> dict[str, str]:
    problems: dict[str, str] = {}
    for start in range(0, len(clusters), BATCH):
        batch = clusters[start : start + BATCH]
        for each in batch:
            if each.protected:
                _unprotect(emr, each.id)
        problems |= _terminate_batch(emr, [each.id for each in batch])
    return problems


def _unprotect(emr: Any, cluster_id: str) -> None:
    try:
        emr.set_termination_protection(JobFlowIds=[cluster_id], TerminationProtected=False)
    except FAILURES as error:
        log.warning("The termination protection of %s cannot be lifted: %s", cluster_id, error)


def _terminate_batch(emr: Any, ids: Sequence[str]) -> dict[str, str]:
    """All in one call; one by one where AWS refuses that, because it does not say for whose sake."""
    try:
        emr.terminate_job_flows(JobFlowIds=list(ids))
    except FAILURES as error:
        if len(ids) == 1:
            return {ids[0]: f"AWS refuses to terminate it: {error}"}
        log.warning("%s cannot be terminated together, so one by one: %s", ", ".join(ids), error)
        return {key: problem for each in ids for key, problem in _terminate_batch(emr, [each]).items()}
    log.info("Terminating %s", ", ".join(ids))
    return {}


def _wait(emr: Any, ids: Sequence[str], patience: Patience) -> dict[str, str]:
    """Until all have ended; one that is TERMINATING when patience ends counts as ended."""
    deadline = patience.clock() + patience.seconds
    states = dict.fromkeys(ids, "unknown")
    while (waiting := [each for each in ids if states[each] not in ENDED]) and patience.clock() < deadline:
        states |= {each: _look(emr, each) for each in waiting}
        if any(states[each] not in ENDED for each in waiting):
            patience.sleep(patience.poll_seconds)
    going_on = {each: state for each, state in states.items() if state in LIVE or state.startswith("unknown")}
    return {each: f"it was told to terminate and is {state}" for each, state in going_on.items()}


def _look(emr: Any, cluster_id: str) -> str:
    try:
        return state_of(emr, cluster_id)
    except FAILURES as error:
        return f"unknown: {error}"
