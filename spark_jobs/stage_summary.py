"""The summary of a job's stages, from Spark's own status store, whether its UI runs or not."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from penstock.spark_stages import SparkStages, StageSummary
from spark_jobs.storage import first_line, write_document

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SLOWEST = 10
_SPILL = "diskBytesSpilled"


def write_stage_summary(spark: SparkSession, uri: str) -> None:
    """Write it at `uri`; whatever goes wrong is a warning, because the job's work is done."""
    try:
        write_document(spark, summarise(*read_status(spark)), uri)
    except Exception as error:  # noqa: BLE001 - the status store is not a public interface, and S3 may be away
        sys.stderr.write(f"{uri}: the summary of Spark's stages was not written: {first_line(error)}\n")


def read_status(spark: SparkSession) -> tuple[list[Any], list[Any], list[Any]]:
    """Jobs, stages and executors as Spark's REST API shows them, each read in one call.

    The classes are those of org.apache.spark.status.api.v1; Jackson is what the REST API writes them with.
    """
    jvm: Any = spark.sparkContext._jvm  # noqa: SLF001 - PySpark has no public way to the status store
    gateway: Any = spark.sparkContext._gateway  # noqa: SLF001
    context = spark.sparkContext._jsc.sc()  # noqa: SLF001
    context.listenerBus().waitUntilEmpty()  # events that are still on their way
    store, no, nothing = context.statusStore(), False, jvm.java.util.ArrayList()
    stages = store.stageList(None, no, no, gateway.new_array(jvm.double, 0), nothing)
    mapper = jvm.com.fasterxml.jackson.databind.ObjectMapper()
    mapper.registerModule(jvm.com.fasterxml.jackson.module.scala.DefaultScalaModule())
    feature = jvm.com.fasterxml.jackson.databind.SerializationFeature.valueOf("WRITE_DATES_AS_TIMESTAMPS")
    mapper.configure(feature, not no)
    found = (store.jobsList(None), stages, store.executorList(no))
    jobs, all_stages, executors = (json.loads(mapper.writeValueAsString(each)) for each in found)
    return jobs, all_stages, executors


def summarise(jobs: list[Any], stages: list[Any], executors: list[Any]) -> SparkStages:
    """The summary of what `read_status` found; times there are milliseconds, CPU times nanoseconds."""
    ran = [each for each in stages if each["status"] != "SKIPPED"]

    def total(rows: list[Any], name: str) -> int:
        return sum(int(each[name]) for each in rows)

    return SparkStages(
        jobs=_count(jobs, "jobId"),
        stages=_count(stages, "stageId"),
        skipped_stages=len(stages) - len(ran),
        failed_stages=sum(each["status"] == "FAILED" for each in ran),
        summed_stages=len(ran),
        tasks=total(executors, "totalTasks"),
        failed_tasks=total(executors, "failedTasks"),
        executor_run_seconds=total(executors, "totalDuration") / 1e3,
        executor_cpu_seconds=round(total(ran, "executorCpuTime") / 1e9, 3),
        gc_seconds=total(executors, "totalGCTime") / 1e3,
        input_bytes=total(executors, "totalInputBytes"),
        shuffle_read_bytes=total(executors, "totalShuffleRead"),
        shuffle_write_bytes=total(executors, "totalShuffleWrite"),
        spill_bytes=total(ran, _SPILL),
        peak_heap_bytes=_peak(executors),
        slowest=sorted(map(_stage, ran), key=lambda each: (-each.seconds, each.number))[:SLOWEST],
    )


def _count(rows: list[Any], name: str) -> int:
    """How many there were: they are numbered from 0, and Spark forgets the oldest."""
    return 1 + max((int(each[name]) for each in rows), default=-1)


def _stage(stage: Any) -> StageSummary:
    began, ended = stage["submissionTime"], stage["completionTime"]
    return StageSummary(
        number=stage["stageId"],
        name=stage["name"],
        status=stage["status"],
        tasks=stage["numTasks"],
        failed_tasks=stage["numFailedTasks"],
        seconds=(ended - began) / 1e3 if began is not None and ended is not None else 0.0,
        executor_seconds=stage["executorRunTime"] / 1e3,
        input_bytes=stage["inputBytes"],
        shuffle_read_bytes=stage["shuffleReadBytes"],
        shuffle_write_bytes=stage["shuffleWriteBytes"],
        spill_bytes=stage[_SPILL],
    )


def _peak(executors: list[Any]) -> int | None:
    peaks = [each["peakMemoryMetrics"] or {} for each in executors]
    return max((int(each["JVMHeapMemory"]) for each in peaks if each.get("JVMHeapMemory")), default=None)
