"""How far a running Spark job is: written by the job while it works, read by whoever waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from penstock.documents import Document


@dataclass(frozen=True, kw_only=True)
class Progress(Document):
    """What Spark is at; counts are of the Spark jobs that are active now."""

    kind: ClassVar[str] = "progress"

    seconds: float
    """Since the job began."""
    stage: str
    """Spark's name for an active stage, such as `count at ALS.scala:1003`; empty while the driver works alone."""
    stages_done: int
    stages: int
    tasks_done: int
    tasks: int

    @property
    def sentence(self) -> str:
        """The document as a line of a log."""
        began = f"{self.seconds:.0f} s:"
        if not self.stages:
            return f"{began} in the driver"
        number = min(self.stages_done + 1, self.stages)
        return f"{began} stage {number}/{self.stages}, {self.tasks_done} of {self.tasks} tasks ({self.stage})"


def progress_uri(report_uri: str) -> str:
    """Where the job that writes this report says how far it is."""
    return f"{report_uri.removesuffix('.json')}.progress.json"
