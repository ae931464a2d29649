"""What may be decided about a workflow that counts events of a stream, as frozen models of its YAML."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from penstock.jobs import KinesisConsumer, StreamArgs, StreamSource, StreamTrigger
from penstock.jobs.streaming import NO_AVAILABLE_NOW
from workflow.scheduling import Scheduled
from workflow.spec import argument
from workflow.values import Cell, Minutes, Values


class Source(Values):
    """Where events come from: a folder of files, or a Kinesis data stream."""

    kind: StreamSource
    """A folder of files, or a Kinesis data stream."""
    dataset: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9_-]*$")
    files_per_batch: int = argument(StreamArgs, "files_per_batch")
    stream: Cell | None = None
    """The Kinesis data stream's name."""
    endpoint: str | None = Field(default=None, pattern=r"^https?://\S+$")
    """Kinesis's address; null for AWS's own in the deployment's region."""
    start: str = Field(default="TRIM_HORIZON", pattern=r"^(TRIM_HORIZON|EARLIEST|LATEST|AT_TIMESTAMP \S+)$")
    """Where the first run begins in the stream."""
    consumer: KinesisConsumer = KinesisConsumer.GET_RECORDS
    """How records are fetched; SubscribeToShard costs extra and has its own throughput."""

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        wanted, other = ("dataset", "stream") if self.kind is StreamSource.FILES else ("stream", "dataset")
        if not getattr(self, wanted):
            raise ValueError(f"{wanted} is missing: the source {self.kind.value!r} is named by it")
        if getattr(self, other):
            raise ValueError(f"{other} does not go with the source {self.kind.value!r}")
        return self


class Windows(Values):
    """Which events are counted together, and which are no longer counted."""

    minutes: int = argument(StreamArgs, "window_minutes")
    watermark_minutes: float = argument(StreamArgs, "watermark_minutes")
    max_ahead_minutes: float = argument(StreamArgs, "max_ahead_minutes")


class Trigger(Values):
    """When a run takes events, and when it ends."""

    kind: StreamTrigger
    """`available_now`: what is there, then the run ends; `processing_time`: until told to stop. (form)"""
    interval_seconds: float = argument(StreamArgs, "interval_seconds")
    run_minutes: float = argument(StreamArgs, "run_minutes")


class StreamTimeouts(Values):
    """How long each kind of task may take."""

    bookkeeping: Minutes
    """The catalogue."""
    cluster: Minutes
    stream: Minutes


class EventStream(Scheduled):
    """The values of a workflow that counts events of a stream."""

    source: Source
    windows: Windows
    trigger: Trigger
    timeouts: StreamTimeouts

    @model_validator(mode="after")
    def _trigger_fits(self) -> Self:
        once = self.trigger.kind is StreamTrigger.AVAILABLE_NOW
        if once and self.source.kind is StreamSource.KINESIS:
            raise ValueError(f"trigger.kind: available_now: {NO_AVAILABLE_NOW}")
        if not once and self.trigger.run_minutes >= self.timeouts.stream:
            raise ValueError(
                f"trigger.run_minutes: got {self.trigger.run_minutes:g}, expected less than timeouts.stream "
                f"({self.timeouts.stream}), which ends the task by force"
            )
        return self

    @property
    def longest_minutes(self) -> int:
        """How long the tasks on the compute can take, nothing retried."""
        return self.timeouts.stream
