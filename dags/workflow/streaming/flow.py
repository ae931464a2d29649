"""A stream of events in one deployment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from penstock.jobs import StreamArgs, StreamSource, StreamTrigger
from workflow.flow import Flow
from workflow.form import choice, number, raw_uri
from workflow.streaming.spec import EventStream

if TYPE_CHECKING:
    from airflow.sdk import Param

    from penstock.layout import Stream

WHEN, LATE = "When", "Late events"


@dataclass(frozen=True, kw_only=True)
class StreamFlow(Flow[EventStream]):  # type: ignore[type-var]  # has all that Flow asks of a spec but models
    """What the tasks need to know; `run` holds the report, `stream` what outlives the run."""

    values = EventStream

    @property
    def stream(self) -> Stream:
        """Checkpoint and outputs."""
        return self.deployment.layout.stream(self.dag_id)

    def form(self) -> dict[str, Param]:
        """The parameters of a run."""
        source, trigger, windows = self.spec.source, self.spec.trigger, self.spec.windows
        files = source.kind is StreamSource.FILES
        found = {"raw_uri": raw_uri(self.deployment, str(source.dataset), files="files of JSON lines")} if files else {}
        return {
            **found,
            "trigger": choice(
                trigger.kind,
                StreamTrigger,
                WHEN,
                "Trigger",
                "available_now takes all that is there and ends; processing_time goes on until it is told to stop.",
            ),
            "interval_seconds": number(
                trigger.interval_seconds, StreamArgs, "interval_seconds", WHEN, "Seconds between batches"
            ),
            "run_minutes": number(trigger.run_minutes, StreamArgs, "run_minutes", WHEN, "Minutes of a long run"),
            "watermark_minutes": number(
                windows.watermark_minutes, StreamArgs, "watermark_minutes", LATE, "Minutes of delay"
            ),
        }
