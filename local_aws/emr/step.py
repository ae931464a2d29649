"""A step: moto's, with states that follow what its process does."""

from datetime import datetime
from typing import Any

from moto.core.utils import utcnow
from moto.emr.models import Step

from local_aws.emr import states
from local_aws.emr.journal import Journal
from local_aws.processes import Process


class RunningStep(Step):
    """A step that is executed. The cluster's lock guards every change of it."""

    process: Process | None = None
    failure: dict[str, str] | None = None
    cancel_reason: str | None = None
    journal: Journal = Journal()
    end_date_time: datetime | None  # type: ignore[assignment]

    def __init__(self, **step: Any) -> None:
        super().__init__(state="PENDING", **step)

    def move(self, state: str) -> None:
        """Go to a new state and note the time."""
        self.state = states.follow(states.STEP, self.state, state)
        if state == "RUNNING":
            self.start_date_time = utcnow()
        elif not states.STEP[state]:
            self.end_date_time = utcnow()
        self.journal.step_moved(self)

    @property
    def step_config(self) -> dict[str, Any]:
        """The shape StepConfig of the API; moto finds its own by its class's name."""
        return self.config

    @property
    def status(self) -> dict[str, Any]:
        """The shape StepStatus of the API."""
        reason = {"Code": "NONE", "Message": self.cancel_reason} if self.cancel_reason else {}
        return {
            "State": self.state,
            "StateChangeReason": reason,
            **({"FailureDetails": self.failure} if self.failure else {}),
            "Timeline": {
                "CreationDateTime": self.creation_date_time,
                "StartDateTime": self.start_date_time,
                "EndDateTime": self.end_date_time,
            },
        }
