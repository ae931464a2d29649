"""What Spark did, as a document."""

from penstock.spark_stages import SparkStages, StageSummary, spark_stages_uri

STAGE = StageSummary(
    number=3,
    name="count at ALS.scala:1003",
    status="COMPLETE",
    tasks=8,
    failed_tasks=0,
    seconds=1.5,
    executor_seconds=9.25,
    input_bytes=1,
    shuffle_read_bytes=2,
    shuffle_write_bytes=3,
    spill_bytes=0,
)
STAGES = SparkStages(
    jobs=1,
    stages=4,
    skipped_stages=0,
    failed_stages=0,
    summed_stages=4,
    tasks=32,
    failed_tasks=0,
    executor_run_seconds=9.25,
    executor_cpu_seconds=8.5,
    gc_seconds=0.25,
    input_bytes=1,
    shuffle_read_bytes=2,
    shuffle_write_bytes=3,
    spill_bytes=0,
    peak_heap_bytes=None,
    slowest=[STAGE],
)


def test_it_comes_back_as_it_was() -> None:
    assert SparkStages.from_json(STAGES.to_json(), "here") == STAGES


def test_it_lies_beside_the_report() -> None:
    assert spark_stages_uri("s3://b/metrics/fit.json") == "s3://b/metrics/fit.spark.json"
