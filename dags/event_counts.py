"""Events in, counts by action and hour out: Spark Structured Streaming, exactly once.

### What it does

Takes the events that have come since the last run, JSON lines on S3 or records of a Kinesis data stream, and counts
them by action and by the hour in which they happened. An event that comes more than `watermark_minutes` behind the
latest one is late; one that is no event is malformed; both are kept with their reason and their payload, and counted,
so that events in = counted + late + malformed. A run that is killed at any moment loses nothing and counts nothing
twice: the next one goes on from the checkpoint. One run at a time takes events: Airflow starts no second one, and the
job itself refuses to run beside another.

A run ends when there are no more events (`available_now`, for a schedule), or takes a batch every interval
(`processing_time`) until its minutes are over, or until an object is put at `<root>/streams/event_counts/stop`.

### Where the outputs are

What outlives a run lies below `<root>/streams/event_counts/`, its report below `<root>/runs/event_counts/<run>/`.

| what | where |
|---|---|
| closed hours, also in the Data Catalog as `event_counts` | `counts/` |
| hours that are still open, as `event_counts_open` | `open/<batch>/` |
| late and malformed events, as `event_counts_quarantine` | `quarantine/` |
| what each batch did | `batches/` |
| the report | `report/index.html`, `report/run.json`, `report/stream.json` |

### When it fails

Clear the failed task: a batch that was not finished is done again, by the same values, and its outputs are the same.
Values are in `specs/event_counts.yaml`.
"""

from workflow.streaming.flow import StreamFlow
from workflow.streaming.tasks import count_stream

flow = StreamFlow.load(__file__)

with flow.dag(__doc__) as dag:
    count_stream(flow)
