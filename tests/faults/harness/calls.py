"""Faults of single API calls: each call that the operators make, throttled, denied and answered with a server error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.faults.harness.fault import Fault
from tests.faults.harness.run import Run

PROVIDERS_OWN = ("RunJobFlow", "DescribeCluster", "AddJobFlowSteps", "DescribeStep", "TerminateJobFlows")
ONLY_OURS = ("ListClusters", "ListSteps", "CancelSteps", "SetTerminationProtection")
"""Calls that the provider's operators never make: its variants meet nothing."""
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
_SUCCEEDS_WITHOUT = {"SetTerminationProtection", "ListSteps", "CancelSteps"}
"""Calls whose refusal for good need not stop a run in which nothing else goes wrong."""


def _injection(operation: str, kind: str) -> Callable[[Run], None]:
    def inject(run: Run) -> None:
        run.strike(lambda: run.lane.order(_FAULT[kind], service="emr", operation=operation, **KINDS[kind][1]))
        run.start()

    return inject


def _fault(operation: str, kind: str) -> Fault:
    words, _, pattern = KINDS[kind]
    fails = kind == "denied" and operation not in _SUCCEEDS_WITHOUT
    return Fault(
        name=f"{operation}_{kind}",
        story=f"{operation}: {words}",
        inject=_injection(operation, kind),
        state="failed" if fails else "success",
        reason=pattern,
        quick=(operation, kind) == ("DescribeCluster", "denied"),
    )


CALL_FAULTS = tuple(_fault(operation, kind) for operation in (*PROVIDERS_OWN, *ONLY_OURS) for kind in KINDS)
