"""Faults of single API calls: each call that the operators make, throttled, denied and answered with a server error."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.faults.harness.fault import Fault

if TYPE_CHECKING:
    from tests.faults.harness.run import Run

ENOUGH_FOR_ONE_TASK = 6
"""botocore's legacy mode calls five times before it gives up; the sixth call is of the next attempt."""
KINDS: dict[str, tuple[str, dict[str, Any], str]] = {
    "throttled": (f"{ENOUGH_FOR_ONE_TASK} times throttled", {"times": ENOUGH_FOR_ONE_TASK}, r"Throttl|Rate exceeded"),
    "unavailable": (
        f"{ENOUGH_FOR_ONE_TASK} times answered with 503",
        {"times": ENOUGH_FOR_ONE_TASK, "status": 503},
        r"ServiceUnavailable|503",
    ),
    "denied": ("denied for the whole run", {"times": 0}, r"AccessDenied|not authorized"),
}
_FAULT = {"throttled": "throttle", "unavailable": "error", "denied": "deny"}


def from_the_start(run: Run, order: Callable[[], Any]) -> None:
    """The call fails from the start of the run on."""
    run.strike(order)
    run.start()


def when_time_is_up(run: Run, order: Callable[[], Any]) -> None:
    """The call fails when the step has taken as long as its task may, and is to be cancelled."""
    order()
    run.start()
    run.until_begun()
    run.strike()


def while_protected(run: Run, order: Callable[[], Any]) -> None:
    """The call fails after someone has switched termination protection on."""
    run.start()
    run.until_begun()
    cluster = run.until_cluster()
    run.lane.emr.set_termination_protection(JobFlowIds=[cluster.id], TerminationProtected=True)
    run.strike(order)


Moment = Callable[["Run", Callable[[], Any]], None]
CALLS: dict[str, tuple[Moment, str, tuple[str, ...]]] = {
    "RunJobFlow": (from_the_start, "", ("denied",)),
    "DescribeCluster": (from_the_start, "", ("denied",)),
    "AddJobFlowSteps": (from_the_start, "", ("denied",)),
    "DescribeStep": (from_the_start, "", ("denied",)),
    "TerminateJobFlows": (from_the_start, "", ("denied",)),
    "ListClusters": (from_the_start, "", ("denied",)),
    "ListSteps": (from_the_start, "", ("denied",)),
    "CancelSteps": (when_time_is_up, " when the step's time is up", tuple(KINDS)),
    "SetTerminationProtection": (while_protected, " while the cluster is protected", ("denied",)),
}
"""For each operation, when it fails, that in words, and the kinds of failure under which the run has to fail.

The provider's operators never make ListClusters, CancelSteps and SetTerminationProtection.
"""


def _inject(run: Run, *, operation: str, kind: str) -> None:
    order = partial(run.lane.order, _FAULT[kind], service="emr", operation=operation, **KINDS[kind][1])
    CALLS[operation][0](run, order)


def _fault(operation: str, kind: str) -> Fault:
    words, _, pattern = KINDS[kind]
    moment, when, fatal = CALLS[operation]
    return Fault(
        name=f"{operation}_{kind}",
        story=f"{operation}: {words}{when}",
        inject=partial(_inject, operation=operation, kind=kind),
        state="failed" if kind in fatal else "success",
        conf={"step_seconds": 90} if moment is when_time_is_up else {},
        patience="_brief" if moment is when_time_is_up else "",
        reason=pattern if kind == "denied" else f"{pattern}|its time was up|timed out",
    )


CALL_FAULTS = tuple(_fault(operation, kind) for operation in CALLS for kind in KINDS)
