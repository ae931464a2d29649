"""The arguments of the job that counts events of a stream."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from penstock.arguments import arg
from penstock.errors import ArgumentError
from penstock.jobs.reporting import ReportingArgs


class StreamSource(StrEnum):
    """Where events come from."""

    FILES = "files"
    """JSON lines in files of a folder on S3, each file written once."""
    KINESIS = "kinesis"
    """Records of a Kinesis data stream, each one JSON object."""


class StreamTrigger(StrEnum):
    """When a run takes events, and when it ends."""

    AVAILABLE_NOW = "available_now"
    """All that is there when it starts, in batches, then it ends: for schedules."""
    PROCESSING_TIME = "processing_time"
    """A batch every interval until it is told to stop."""


class KinesisConsumer(StrEnum):
    """How records are read; the words are the connector's."""

    GET_RECORDS = "GetRecords"
    """Throughput shared with other consumers."""
    SUBSCRIBE_TO_SHARD = "SubscribeToShard"
    """Enhanced fan-out: throughput of its own, which AWS bills."""


@dataclass(frozen=True, kw_only=True)
class StreamArgs(ReportingArgs):
    """Count events by action and event-time window, exactly once, and keep late and malformed ones apart."""

    script: ClassVar[str] = "spark_jobs/stream.py"

    source: str = arg("where events come from", default=StreamSource.FILES.value, choices=list(StreamSource))
    events_uri: str = arg("folder of files of JSON lines, of the source `files`", default="")
    files_per_batch: int = arg("files that one batch takes, of the source `files`; 0 for all", default=100, minimum=0)
    kinesis_stream: str = arg("name of the data stream, of the source `kinesis`", default="")
    kinesis_endpoint: str = arg("https://kinesis.<region>.amazonaws.com, of the source `kinesis`", default="")
    kinesis_region: str = arg("of the data stream", default="")
    kinesis_start: str = arg("TRIM_HORIZON, LATEST or AT_TIMESTAMP 2026-01-02T03:04:05Z", default="TRIM_HORIZON")
    kinesis_consumer: str = arg(
        "how records are read", default=KinesisConsumer.GET_RECORDS.value, choices=list(KinesisConsumer)
    )
    trigger: str = arg("when events are taken", default=StreamTrigger.AVAILABLE_NOW.value, choices=list(StreamTrigger))
    interval_seconds: float = arg("between batches, of the trigger `processing_time`", default=60.0, minimum=0)
    run_minutes: float = arg("after which `processing_time` ends by itself; 0: never", default=0.0, minimum=0)
    window_minutes: int = arg("length of a window of event time", default=60, minimum=1, maximum=10_080)
    watermark_minutes: float = arg(
        "how far behind the latest event time an event may be before it is late", default=10.0, minimum=0
    )
    max_ahead_minutes: float = arg(
        "how far after its arrival an event may claim to have happened before it is malformed", default=60.0, minimum=0
    )
    stream_uri: str = arg("folder of the checkpoint and of the outputs, which outlive a run")
    run_id: str = arg("whose run this is, for whoever finds the stream in use", default="")
    lease_seconds: float = arg("without a sign of life after which another run may follow", default=60.0, minimum=0.1)
    code_sha: str = arg("content hash of the deployed code", default="")

    def check(self) -> None:
        """Raise ArgumentError for values that do not fit each other."""
        if self.source == StreamSource.FILES and not self.events_uri:
            raise ArgumentError(f"{self.script}: --events_uri is empty; the source 'files' needs a folder")
        if self.source == StreamSource.FILES:
            return
        if not (self.kinesis_stream and self.kinesis_endpoint):
            raise ArgumentError(
                f"{self.script}: --kinesis_stream={self.kinesis_stream} --kinesis_endpoint={self.kinesis_endpoint}; "
                "the source 'kinesis' needs both"
            )
        if self.trigger == StreamTrigger.AVAILABLE_NOW:
            raise ArgumentError(f"{self.script}: --trigger=available_now: {NO_AVAILABLE_NOW}")


NO_AVAILABLE_NOW = (
    "the Kinesis connector does not support it; use processing_time with run_minutes for a run that ends by itself"
)
"""https://github.com/awslabs/spark-sql-kinesis-connector, Known Limitations."""
