"""The states of applications and job runs, and which may follow which.

https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/applications.html and job-states.html
"""

APPLICATION = {
    "CREATING": {"CREATED"},
    "CREATED": {"STARTING", "STOPPING", "TERMINATED"},
    "STARTING": {"STARTED"},
    "STARTED": {"STOPPING"},
    "STOPPING": {"STOPPED"},
    "STOPPED": {"STARTING", "TERMINATED"},
    "TERMINATED": set(),
}
JOB_RUN = {
    "SUBMITTED": {"PENDING", "CANCELLING", "FAILED"},
    "PENDING": {"SCHEDULED", "QUEUED", "CANCELLING", "FAILED"},
    "QUEUED": {"SCHEDULED", "CANCELLING", "FAILED"},
    "SCHEDULED": {"RUNNING", "CANCELLING", "FAILED"},
    "RUNNING": {"SUCCESS", "FAILED", "CANCELLING"},
    "CANCELLING": {"CANCELLED"},
    "SUCCESS": set(),
    "FAILED": set(),
    "CANCELLED": set(),
}
CANCELLABLE = frozenset({"SUBMITTED", "PENDING", "QUEUED", "SCHEDULED", "RUNNING"})
WITH_WORKERS = frozenset({"SCHEDULED", "RUNNING", "CANCELLING"})
UNFINISHED = CANCELLABLE | {"CANCELLING"}
STARTABLE = frozenset({"CREATED", "STOPPED"})


class StateError(Exception):
    """A transition that the diagrams do not have: a defect of this package."""


def follow(table: dict[str, set[str]], state: str, new: str) -> str:
    """Return the new state, or raise StateError if it cannot follow the old one."""
    if new not in table[state]:
        raise StateError(f"{new} cannot follow {state}: one of {sorted(table[state])} can")
    return new
