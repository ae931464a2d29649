"""What a running job says of itself."""

import time

from pyspark import InheritableThread
from pyspark.sql import functions as F

from penstock.progress import Progress
from spark_jobs.heartbeat import heartbeat, look


def test_an_idle_session_is_in_the_driver(spark):
    found = look(spark.sparkContext.statusTracker(), 2.04)
    assert found == Progress(seconds=2.0, stage="", stages_done=0, stages=0, tasks_done=0, tasks=0)


def test_a_running_stage_is_told_and_the_document_is_gone_in_the_end(spark, tmp_path):
    path, seen = tmp_path / "train.progress.json", []
    sleep = F.udf(lambda number: time.sleep(0.4) or number, "long")

    with heartbeat(spark, str(path), interval=0.05):
        rows = spark.range(0, 4, 1, 4).select(sleep("id").alias("n"))
        handle = _in_thread(rows.collect)
        while handle.is_alive():
            if path.exists() and (text := path.read_text()):
                seen.append(Progress.from_json(text, "here"))
            time.sleep(0.05)
    assert not path.exists()
    running = [each for each in seen if each.tasks]
    assert {(each.stages, each.stages_done, each.tasks) for each in running} == {(1, 0, 4)}
    assert {each.tasks_done for each in running} >= {0, 1}
    assert all(" at " in each.stage for each in running)


def _in_thread(function):
    thread = InheritableThread(target=function)
    thread.start()
    return thread
