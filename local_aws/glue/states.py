"""The states of a job run and which may follow which.

https://docs.aws.amazon.com/glue/latest/dg/job-run-statuses.html
"""

JOB_RUN: dict[str, set[str]] = {
    "STARTING": {"RUNNING", "FAILED", "STOPPING"},
    "RUNNING": {"SUCCEEDED", "FAILED", "TIMEOUT", "STOPPING"},
    "STOPPING": {"STOPPED"},
    "SUCCEEDED": set(),
    "FAILED": set(),
    "TIMEOUT": set(),
    "STOPPED": set(),
}
STOPPABLE = frozenset({"STARTING", "RUNNING"})
UNFINISHED = STOPPABLE | {"STOPPING"}


def follow(state: str, new: str) -> str:
    """Return the new state; raise ValueError, a defect of this package, if it cannot follow the old one."""
    if new not in JOB_RUN[state]:
        raise ValueError(f"{new} cannot follow {state}: one of {sorted(JOB_RUN[state])} can")
    return new
