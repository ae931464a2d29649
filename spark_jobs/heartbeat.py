"""Says while a job runs how far Spark is, in a document that whoever waits for the job can read."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from py4j.protocol import Py4JError

from penstock.progress import Progress
from spark_jobs.storage import discard_document, write_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession
    from pyspark.status import StatusTracker

INTERVAL_SECONDS = 3.0
"""A PUT of a few hundred bytes each time that something has changed."""


@contextmanager
def heartbeat(spark: SparkSession, uri: str, interval: float = INTERVAL_SECONDS) -> Iterator[None]:
    """Keep the progress document at `uri` current from a thread of its own, and remove it in the end."""
    ended = threading.Event()
    thread = threading.Thread(target=_beat, args=(spark, uri, interval, ended), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        discard_document(spark, uri)


def look(tracker: StatusTracker, seconds: float) -> Progress:
    """What the active Spark jobs are at; stages that Spark skipped or forgot count as done."""
    jobs = [tracker.getJobInfo(each) for each in tracker.getActiveJobsIds()]
    ids = sorted({stage for job in jobs if job for stage in job.stageIds})
    active = {stage: tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()}
    running = [info for stage in ids if (info := active.get(stage))]
    return Progress(
        seconds=round(seconds, 1),
        stage=running[0].name if running else "",
        stages_done=max(0, (min(active) if active else len(ids)) - ids[0]) if ids else 0,
        stages=len(ids),
        tasks_done=sum(info.numCompletedTasks for info in running),
        tasks=sum(info.numTasks for info in running),
    )


def _beat(spark: SparkSession, uri: str, interval: float, ended: threading.Event) -> None:
    began, last = time.monotonic(), None
    tracker = spark.sparkContext.statusTracker()
    while not ended.wait(interval):
        try:
            found = look(tracker, time.monotonic() - began)
            changed = (found.stage, found.stages, found.tasks_done)
            if changed != last:
                write_document(spark, found, uri)
            last = changed
        except Py4JError as error:  # S3 may fail for a while; the job does not depend on this
            sys.stderr.write(f"{uri}: progress was not written: {str(error).splitlines()[0]}\n")
