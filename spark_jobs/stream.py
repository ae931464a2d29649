"""EMR step: events of a stream counted by action and window of event time, exactly once."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pyspark.errors import StreamingQueryException

from penstock.documents import Table
from penstock.errors import DataError
from penstock.jobs import StreamArgs, StreamTrigger
from penstock.layout import Stream
from penstock.streaming import BatchReport, EventCounts, StreamReport
from penstock.tables import EVENT_COUNTS, EVENT_QUARANTINE, columns
from spark_jobs.entry import launch
from spark_jobs.progress import Progress
from spark_jobs.storage import discard_document, discard_folder, newest, read_text, write_document
from spark_jobs.streaming.batches import Batches
from spark_jobs.streaming.holding import Holder
from spark_jobs.streaming.sources import describe_source, read_events
from spark_jobs.streaming.stopping import Stopping

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from pyspark.sql.streaming.query import StreamingQuery

POLL_SECONDS = 1
NO_MORE = "because there were no more events"
_SHUFFLE_PARTITIONS = "spark.sql.shuffle.partitions"


def main(argv: Sequence[str]) -> None:
    """Run as a job."""
    launch(StreamArgs, run, argv)


def run(spark: SparkSession, args: StreamArgs) -> StreamReport:
    """Take events until there are no more, or until told to stop; report."""
    progress, stream = Progress(), Stream(args.stream_uri)
    args.check()
    discard_document(spark, args.report_uri)
    fit_counting(spark)
    with Holder(spark, stream, run_id=args.run_id, seconds=args.lease_seconds).held() as holder:
        discard_folder(spark, stream.scratch)
        batches = Batches(args, stream, still_held=holder.check)
        progress(f"takes events of {describe_source(args)}, {args.trigger}")
        with Stopping(spark, stream.stop, run_minutes=args.run_minutes).listening() as stopping:
            ended = follow(start(spark, args, stream, batches), batches, stopping)
        report = describe(spark, args, stream, batches, ended=ended, seconds=progress.seconds)
        write_document(spark, report, args.report_uri)
    progress(f"ended {ended}: {report.counts}, {report.batches:,} batches")
    return report


def fit_counting(spark: SparkSession) -> None:
    """One shuffle partition per core, unless spark-submit set it: what is shuffled are counts.

    Spark switches adaptive execution off for streams: its default of 200 would be 200 tasks for a handful of rows.
    """
    if not spark.sparkContext.getConf().contains(_SHUFFLE_PARTITIONS):
        spark.conf.set(_SHUFFLE_PARTITIONS, str(spark.sparkContext.defaultParallelism))


def start(spark: SparkSession, args: StreamArgs, stream: Stream, batches: Batches) -> StreamingQuery:
    """The query, begun from its checkpoint."""
    once = StreamTrigger(args.trigger) is StreamTrigger.AVAILABLE_NOW
    trigger: dict[str, Any] = (
        {"availableNow": True} if once else {"processingTime": f"{round(args.interval_seconds * 1000)} milliseconds"}
    )
    writer = read_events(spark, args).writeStream.foreachBatch(batches).trigger(**trigger)
    return writer.option("checkpointLocation", stream.checkpoint).start()


def follow(query: StreamingQuery, batches: Batches, stopping: Stopping) -> str:
    """Wait for the end, and bring it about when told to; returns why it ended. A failure is raised as what it was."""
    try:
        while not query.awaitTermination(POLL_SECONDS):
            if reason := stopping.reason():
                batches.drain()
                query.stop()
                return reason
    except StreamingQueryException as error:
        if batches.failure:
            raise batches.failure from error
        raise DataError(f"The stream ended by an error of Spark: {str(error).splitlines()[0]}") from error
    return NO_MORE


def describe(
    spark: SparkSession, args: StreamArgs, stream: Stream, batches: Batches, *, ended: str, seconds: float
) -> StreamReport:
    """Everything that is known about the run, and about the stream by now."""
    last = batches.latest[-1] if batches.latest else _last(spark, stream)
    return StreamReport(
        source=describe_source(args),
        trigger=args.trigger,
        ended=ended,
        counts=batches.counts,
        quarantined_by_reason=batches.reasons,
        batches=batches.number,
        latest_batches=batches.latest,
        total=last.total if last else EventCounts(),
        total_quarantined_by_reason=last.total_quarantined_by_reason if last else {},
        open_events=last.open_events if last else 0,
        watermark=last.watermark if last else None,
        tables=tables(stream, last) if last else [],
        stream_uri=stream.uri,
        seconds=seconds,
        code_sha=args.code_sha,
    )


def tables(stream: Stream, last: BatchReport) -> list[Table]:
    """Those that have rows, under the names that the catalogue gives them."""
    refused = last.total.late + last.total.malformed
    counts, quarantine = columns(EVENT_COUNTS), columns(EVENT_QUARANTINE)
    found = [
        Table(name=stream.name, uri=stream.counts, columns=counts, rows=last.total_closed_rows),
        Table(name=f"{stream.name}_open", uri=stream.open(last.batch), columns=counts, rows=last.open_rows),
        Table(name=f"{stream.name}_quarantine", uri=stream.quarantine, columns=quarantine, rows=refused),
    ]
    return [each for each in found if each.rows]


def _last(spark: SparkSession, stream: Stream) -> BatchReport | None:
    uri = newest(spark, stream.batches)
    return BatchReport.from_json(read_text(spark, uri), uri) if uri else None


if __name__ == "__main__":
    main(sys.argv[1:])
