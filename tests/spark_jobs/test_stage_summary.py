import json

from penstock.jobs import ScoreArgs
from penstock.spark_stages import SparkStages
from spark_jobs.entry import launch
from spark_jobs.stage_summary import summarise, write_stage_summary

URI = "s3://penstock-test/stage_summary/report.json"
STAGE = {
    "stageId": 0,
    "name": "count at here",
    "status": "COMPLETE",
    "numTasks": 3,
    "numFailedTasks": 1,
    "submissionTime": 1_000,
    "completionTime": 3_500,
    "executorRunTime": 4_000,
    "executorCpuTime": 2_000_000_000,
    "inputBytes": 10,
    "shuffleReadBytes": 20,
    "shuffleWriteBytes": 30,
    "diskBytesSpilled": 40,
}
SKIPPED = {**STAGE, "stageId": 7, "status": "SKIPPED", "submissionTime": None, "completionTime": None}
SLOW = {**STAGE, "stageId": 5, "completionTime": 9_000, "status": "FAILED"}
EXECUTOR = {
    "totalTasks": 6,
    "failedTasks": 2,
    "totalDuration": 8_000,
    "totalGCTime": 500,
    "totalInputBytes": 100,
    "totalShuffleRead": 200,
    "totalShuffleWrite": 300,
    "peakMemoryMetrics": {"JVMHeapMemory": 1_000},
}
DRIVER = {**EXECUTOR, "peakMemoryMetrics": None}


def test_totals_are_of_all_executors_and_the_slowest_stage_comes_first():
    found = summarise([{"jobId": 4}], [STAGE, SKIPPED, SLOW], [EXECUTOR, DRIVER])
    assert (found.jobs, found.stages, found.summed_stages, found.skipped_stages, found.failed_stages) == (5, 8, 2, 1, 1)
    assert (found.tasks, found.failed_tasks) == (12, 4)
    assert (found.executor_run_seconds, found.executor_cpu_seconds, found.gc_seconds) == (16.0, 4.0, 1.0)
    assert (found.input_bytes, found.shuffle_read_bytes, found.shuffle_write_bytes) == (200, 400, 600)
    assert (found.spill_bytes, found.peak_heap_bytes) == (80, 1_000)
    assert [(each.number, each.seconds) for each in found.slowest] == [(5, 8.0), (0, 2.5)]
    assert (found.slowest[1].tasks, found.slowest[1].failed_tasks, found.slowest[1].executor_seconds) == (3, 1, 4.0)


def test_an_application_that_did_nothing():
    found = summarise([], [], [])
    assert (found.jobs, found.stages, found.tasks, found.peak_heap_bytes, found.slowest) == (0, 0, 0, None, [])


def test_a_job_leaves_its_summary_beside_its_report(spark, bucket):
    arguments = ["--ratings_uri=r", "--model_uri=m", "--scores_uri=s", f"--report_uri={URI}"]
    before = spark.range(1).count()
    launch(ScoreArgs, lambda session, args: session.range(1000).repartition(3).count(), arguments)
    file = bucket / "stage_summary/report.spark.json"
    found = SparkStages.from_json(file.read_text(), str(file))
    assert before == 1
    assert found.jobs >= 2
    assert found.tasks >= found.summed_stages >= 2
    assert found.executor_run_seconds > 0
    assert found.executor_cpu_seconds > 0
    assert found.shuffle_write_bytes > 0
    assert len(found.slowest) == min(10, found.summed_stages)
    assert json.loads(file.read_text())["kind"] == "spark_stages"


def test_a_place_that_cannot_be_written_is_a_warning(spark, capsys):
    write_stage_summary(spark, "nowhere://bucket/report.spark.json")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("nowhere://bucket/report.spark.json: the summary of Spark's stages was not written: ")
    assert 'No FileSystem for scheme "nowhere"' in line
