"""One notebook execution, as DescribeNotebookExecution tells it."""

import secrets
import string
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from moto.core.utils import utcnow

from local_aws.emr import states as emr_states
from local_aws.emr.notebooks import states

if TYPE_CHECKING:
    from datetime import datetime

    from local_aws.processes import Process

ALPHABET = string.ascii_uppercase + string.digits
REQUESTED = (
    *("EditorId", "ExecutionEngine", "NotebookExecutionName", "NotebookParams", "NotebookInstanceSecurityGroupId"),
    *("NotebookS3Location", "OutputNotebookS3Location", "OutputNotebookFormat", "EnvironmentVariables"),
)


def new_execution_id() -> str:
    """Return an id as EMR makes them: ``ex-`` and 29 letters and digits."""
    return "ex-" + "".join(secrets.choice(ALPHABET) for _ in range(29))


class NotebookExecution:
    """An execution. ``changed`` guards it and announces every change, ``keep`` writes down what it is now."""

    def __init__(
        self,
        execution_id: str,
        request: dict[str, Any],
        *,
        arn: str,
        changed: threading.Condition,
        keep: Callable[["NotebookExecution"], None],
    ) -> None:
        self.id = execution_id
        self.request = request
        self.arn = arn
        self.changed = changed
        self.keep = keep
        self.state = "START_PENDING"
        self.reason = states.REASONS[self.state].format(self.cluster_id)
        self.created: datetime = utcnow()
        self.ended: datetime | None = None
        self.output_uri: str | None = None
        self.process: Process | None = None
        self.doom: str | None = None
        """Why it must fail although nothing in it has: its cluster ends."""

    @property
    def cluster_id(self) -> str:
        """The cluster that it runs on."""
        return str(self.request["ExecutionEngine"]["Id"])

    @property
    def going_on(self) -> bool:
        """Whether it has not ended."""
        return self.state not in states.ENDED

    def move(self, state: str, detail: str = "") -> None:
        """Go to a new state and say why."""
        with self.changed:
            self.state = emr_states.follow(states.EXECUTION, self.state, state)
            self.reason = " ".join([states.REASONS[state].format(self.cluster_id), *filter(None, [detail])])
            if state in states.ENDED:
                self.ended = utcnow()
            self.keep(self)
            self.changed.notify_all()

    def stop(self) -> bool:
        """Ask for its end; return False if it is past that."""
        with self.changed:
            if self.state not in states.STOPPABLE:
                return False
            self.move("STOP_PENDING")
            if self.process is not None:
                self.process.kill()
            return True

    def abandon(self, why: str) -> None:
        """Let it fail, because its cluster ends."""
        with self.changed:
            if self.going_on:
                self.doom = self.doom or why
                if self.process is not None:
                    self.process.kill()
                self.changed.notify_all()

    def describe(self) -> dict[str, Any]:
        """Return the shape NotebookExecution of the API."""
        asked = {name: self.request[name] for name in REQUESTED if self.request.get(name)}
        return {
            "NotebookExecutionId": self.id,
            "Status": self.state,
            "StartTime": self.created,
            "EndTime": self.ended,
            "Arn": self.arn,
            "OutputNotebookURI": self.output_uri,
            "LastStateChangeReason": self.reason,
            "Tags": self.request.get("Tags") or [],
            **asked,
        }

    def summary(self) -> dict[str, Any]:
        """Return the shape NotebookExecutionSummary of the API."""
        told = ("NotebookExecutionId", "EditorId", "NotebookExecutionName", "Status", "StartTime", "EndTime")
        described = self.describe()
        return {name: described.get(name) for name in (*told, "NotebookS3Location")} | {
            "ExecutionEngineId": self.cluster_id
        }
