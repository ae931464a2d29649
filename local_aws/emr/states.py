"""The states of clusters and steps, and which may follow which, as AWS's diagrams draw them.

https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-overview.html (cluster life cycle) and
https://docs.aws.amazon.com/emr/latest/APIReference/API_StepStatus.html
"""

CLUSTER = {
    "STARTING": {"BOOTSTRAPPING", "TERMINATING"},
    "BOOTSTRAPPING": {"RUNNING", "WAITING", "TERMINATING"},
    "RUNNING": {"WAITING", "TERMINATING"},
    "WAITING": {"RUNNING", "TERMINATING"},
    "TERMINATING": {"TERMINATED", "TERMINATED_WITH_ERRORS"},
    "TERMINATED": set(),
    "TERMINATED_WITH_ERRORS": set(),
}
STEP = {
    "PENDING": {"RUNNING", "CANCELLED"},
    "RUNNING": {"COMPLETED", "FAILED", "CANCEL_PENDING", "CANCELLED"},
    "CANCEL_PENDING": {"CANCELLED", "COMPLETED", "FAILED"},
    "COMPLETED": set(),
    "FAILED": set(),
    "CANCELLED": set(),
}
STARTED = frozenset({"RUNNING", "CANCEL_PENDING"})
UNFINISHED_STEP = STARTED | {"PENDING"}
ENDING = frozenset({"TERMINATING", "TERMINATED", "TERMINATED_WITH_ERRORS"})
TERMINATED = frozenset({"TERMINATED", "TERMINATED_WITH_ERRORS"})

UP = frozenset({"RUNNING", "WAITING", "TERMINATING"})

# The state of an instance, and of a group or fleet, by that of its cluster.
INSTANCE = {
    "STARTING": "PROVISIONING",
    "BOOTSTRAPPING": "BOOTSTRAPPING",
    **dict.fromkeys(UP, "RUNNING"),
    **dict.fromkeys(TERMINATED, "TERMINATED"),
}
POOL = {**INSTANCE, "TERMINATING": "TERMINATING"}

# Why a cluster is in its state: the code and the message that DescribeCluster gives.
REASONS = {
    "USER_REQUEST": "Terminated by user request",
    "ALL_STEPS_COMPLETED": "Steps completed",
    "STEP_FAILURE": "Shut down as step failed",
    "AUTO_TERMINATION": "Cluster terminated by auto-termination policy after being idle",
}
MESSAGES = {
    "STARTING": "Configuring cluster",
    "BOOTSTRAPPING": "Running bootstrap actions",
    "RUNNING": "Running step",
    "WAITING": "Cluster ready to run steps.",
    "TERMINATING": "Terminating cluster",
}

# What the cluster does when a step fails. A protected cluster cancels instead of terminating.
ON_FAILURE = {
    "CONTINUE": "continue",
    "CANCEL_AND_WAIT": "cancel",
    "TERMINATE_CLUSTER": "terminate",
    "TERMINATE_JOB_FLOW": "terminate",
}


class StateError(Exception):
    """A transition that the diagrams do not have: a defect of this package."""


def follow(table: dict[str, set[str]], state: str, new: str) -> str:
    """Return the new state, or raise StateError if it cannot follow the old one."""
    if new not in table[state]:
        raise StateError(f"{new} cannot follow {state}: one of {sorted(table[state])} can")
    return new
