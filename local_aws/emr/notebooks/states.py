"""The states of a notebook execution and which may follow which.

https://docs.aws.amazon.com/emr/latest/APIReference/API_NotebookExecution.html says what each means.
"""

EXECUTION = {
    "START_PENDING": {"STARTING", "FAILING", "STOP_PENDING"},
    "STARTING": {"RUNNING", "FAILING", "STOP_PENDING"},
    "RUNNING": {"FINISHING", "FAILING", "STOP_PENDING"},
    "FINISHING": {"FINISHED", "FAILING"},
    "FINISHED": set(),
    "FAILING": {"FAILED"},
    "FAILED": set(),
    "STOP_PENDING": {"STOPPING"},
    "STOPPING": {"STOPPED"},
    "STOPPED": set(),
}
STOPPABLE = frozenset({"START_PENDING", "STARTING", "RUNNING"})
ENDED = frozenset({"FINISHED", "FAILED", "STOPPED"})

# "Execution is finished for cluster j-2QMOV6JAX1TS2." is AWS's own example of a LastStateChangeReason.
REASONS = {
    "START_PENDING": "Execution is pending for cluster {}.",
    "STARTING": "Execution is starting for cluster {}.",
    "RUNNING": "Execution is running for cluster {}.",
    "FINISHING": "Execution is finishing for cluster {}.",
    "FINISHED": "Execution is finished for cluster {}.",
    "FAILING": "Execution is failing for cluster {}.",
    "FAILED": "Execution has failed for cluster {}.",
    "STOP_PENDING": "Execution is pending to be stopped for cluster {}.",
    "STOPPING": "Execution is being stopped for cluster {}.",
    "STOPPED": "Execution is stopped for cluster {}.",
}
