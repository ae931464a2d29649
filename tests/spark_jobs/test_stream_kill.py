"""kill -9 at any moment: the driver's processes are killed while they count, and what is counted in the end is right.

PENSTOCK_KILLS says how often, 1 by default; `make test-kills` kills 20 times.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyspark
import pytest

from tests.spark_jobs.event_streams import Scene
from tools.datasets.event_files import Shape

KILLS = int(os.environ.get("PENSTOCK_KILLS", "1"))
REPOSITORY = Path(__file__).parents[2]
VICTIMS = ("all", "java", "python")
PATIENCE = 600
"""Seconds, on a machine that has other work."""


def properties(spark):
    """How spark-submit is told what s3:// means here, and to start quickly."""
    conf = {
        name: value
        for name, value in spark.sparkContext.getConf().getAll()
        if name.startswith(("spark.hadoop.fs.", "spark.driver.", "spark.ui.", "spark.sql.shuffle"))
        and name not in {"spark.driver.port", "spark.driver.appUIAddress"}
    }
    return [part for name, value in conf.items() for part in ("--conf", f"{name}={value}")]


def submit(spark, scene, log):
    """The job as EMR starts it: spark-submit, whose Java starts the driver's Python."""
    command = [str(Path(pyspark.__file__).parent / "bin/spark-submit"), "--master", "local[1]", *properties(spark)]
    script = [str(REPOSITORY / "spark_jobs/stream.py"), *scene.arguments(files_per_batch=1, lease_seconds=1).to_argv()]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYSPARK_PYTHON": sys.executable}
    with log.open("ab") as output:
        return subprocess.Popen(
            [*command, *script], env=environment, stdout=output, stderr=output, start_new_session=True
        )


def end(process):
    """Nothing of it may be left when the next one starts: it would be a second run."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)


def kill(process, victim):
    """SIGKILL to the whole driver, to its Java, or to its Python."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    found = children.read_text().split() if children.exists() else []
    if victim == "all":
        os.killpg(process.pid, signal.SIGKILL)
    elif victim == "python" and found:
        os.kill(int(found[0]), signal.SIGKILL)
    else:
        process.kill()
    end(process)


def wait_for_work(process, scene, log, *, traces):
    """Until so many files and folders have appeared that were not there; a batch leaves some forty, drafts too."""
    stream = scene.folder / "stream"
    before, seen = set(stream.rglob("*")), set()
    deadline = time.monotonic() + PATIENCE
    while len(seen - before) < traces:
        seen |= listed(stream)
        assert process.poll() is None, f"it ended before it could be killed: {log.read_text()[-3000:]}"
        assert time.monotonic() < deadline, log.read_text()[-3000:]
        time.sleep(0.002)


def listed(folder):
    """What is in the folder, while things come and go."""
    try:
        return set(folder.rglob("*"))
    except FileNotFoundError:
        return set()


@pytest.mark.timeout(600 + 120 * KILLS)
def test_nothing_is_lost_and_nothing_counted_twice(spark, bucket, tmp_path):
    shape = Shape(files=2 * KILLS + 2, events_per_file=40, first_late=1, late=4 * KILLS, malformed=6 * KILLS)
    scene, log = Scene.build(bucket / "kills", f"s3://{bucket.name}/kills", shape), tmp_path / "log"
    chance = random.Random(7)
    for number in range(KILLS):
        process = submit(spark, scene, log)
        try:
            wait_for_work(process, scene, log, traces=chance.randrange(1, 80))
            kill(process, VICTIMS[number % len(VICTIMS)])
        finally:
            end(process)
        assert process.returncode != 0
        sys.stdout.write(f"kill {number + 1}: {VICTIMS[number % len(VICTIMS)]}, {len(scene.batches())} batches done\n")
    process = submit(spark, scene, log)
    try:
        assert process.wait(PATIENCE + 10 * shape.files) == 0, log.read_text()[-3000:]
    finally:
        end(process)
    scene.check(spark)
    # A file a batch, but for a kill between Spark's log of the source and its log of offsets: then the next has two.
    batches = [each.batch for each in scene.batches()]
    assert batches == list(range(len(batches)))
    assert shape.files - KILLS <= len(batches) <= shape.files
    assert not list((scene.folder / "stream/scratch").glob("*"))
