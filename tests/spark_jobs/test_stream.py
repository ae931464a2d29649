"""The stream in one process: what it counts, what it keeps, how it ends, what it refuses."""

import os
import shutil
import signal
import threading
import time
import uuid

import pytest

from penstock.errors import ArgumentError, DataError
from penstock.streaming import Lease, StreamReport
from spark_jobs import storage, stream
from spark_jobs.streaming import batches as batches_module
from spark_jobs.streaming import stopping
from spark_jobs.streaming.sources import kinesis_options
from tests.spark_jobs.event_streams import Scene
from tools.datasets.event_files import Shape

SMALL = Shape(files=4, events_per_file=40, minutes_per_file=90.0, first_late=2, late=12, malformed=12)


@pytest.fixture
def scene(bucket):
    name = f"stream-{uuid.uuid4()}"
    yield Scene.build(bucket / name, f"s3://{bucket.name}/{name}", SMALL)
    shutil.rmtree(bucket / name)


def test_everything_is_counted_once_and_the_rest_is_kept(spark, scene):
    report = stream.run(spark, scene.arguments(files_per_batch=1, code_sha="c0ffee"))
    path = scene.folder / "report.json"
    assert StreamReport.from_json(path.read_text(), str(path)) == report
    scene.check(spark)
    facts = scene.facts
    assert report.counts == report.total
    assert (report.counts.events, report.counts.counted, report.counts.late) == (160, facts.counted, 12)
    assert (report.batches, report.ended, report.code_sha) == (4, "because there were no more events", "c0ffee")
    assert [each.batch for each in report.latest_batches] == [0, 1, 2, 3]
    assert [each.watermark_before for each in report.latest_batches[1:]] == [
        each.watermark for each in report.latest_batches[:-1]
    ]
    rows = {each.name: each.rows for each in report.tables}
    assert rows == {each.name: spark.read.parquet(each.uri).count() for each in report.tables}
    assert set(rows) == {"stream", "stream_open", "stream_quarantine"}
    assert not (scene.folder / "stream/lease.json").exists()
    assert sorted(each.name for each in (scene.folder / "stream/open").iterdir()) == [
        "batch-0000000002", "batch-0000000003"
    ]  # fmt: skip
    again = stream.run(spark, scene.arguments(files_per_batch=1))
    assert (again.batches, again.counts.events, again.total, again.tables) == (0, 0, report.total, report.tables)


WRITES = ("place_document", "place_table")


def crash(monkeypatch, *, write, after=False, names=WRITES):
    """Let the write with this number fail, before or after it did its work."""
    calls = []

    def failing(original):
        def call(*args, **kwargs):
            calls.append(args)
            if len(calls) == write and not after:
                raise RuntimeError("crash")
            original(*args, **kwargs)
            if len(calls) == write and after:
                raise RuntimeError("crash")

        return call

    for name in names:
        monkeypatch.setattr(storage, name, failing(getattr(storage, name)))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_crash_at_any_write_changes_nothing(spark, scene, monkeypatch, after):
    """Plan, refused, closed and open windows, report: a crash at each, one after the other; then all that is left."""
    for write in range(1, 6):
        with monkeypatch.context() as patched:
            crash(patched, write=write, after=after)
            with pytest.raises(DataError, match=r"^The stream ended by an error of Spark: "):
                stream.run(spark, scene.arguments(files_per_batch=1))
    stream.run(spark, scene.arguments(files_per_batch=1))
    scene.check(spark)
    assert len(scene.batches()) == 4


def test_a_batch_whose_commit_was_lost_is_not_done_again(spark, scene):
    stream.run(spark, scene.arguments(files_per_batch=2))
    before = {each: each.stat().st_mtime_ns for each in (scene.folder / "stream").rglob("batch-*")}
    (scene.folder / "stream/checkpoint/commits/1").unlink()
    report = stream.run(spark, scene.arguments(files_per_batch=2))
    assert report.batches == 0
    assert {each: each.stat().st_mtime_ns for each in (scene.folder / "stream").rglob("batch-*")} == before
    scene.check(spark)


def test_a_batch_is_tried_again_by_the_values_of_its_first_try(spark, scene, monkeypatch):
    with monkeypatch.context() as patched:
        crash(patched, write=2, after=True, names=["place_table"])
        with pytest.raises(DataError):
            stream.run(spark, scene.arguments(files_per_batch=0))
    stream.run(spark, scene.arguments(files_per_batch=0, watermark_minutes=600))
    assert sum(each.counts.events for each in scene.batches()) == 160
    total = spark.read.parquet(scene.stream.counts).selectExpr("sum(events)").first()[0]
    assert total == scene.batches()[-1].total_closed_events > 0


def test_what_does_not_fit_is_refused(spark, scene):
    stream.run(spark, scene.arguments(files_per_batch=2))
    scene.folder.joinpath("events/more.jsonl").write_text("{}\n")
    with pytest.raises(DataError, match=r"^--window_minutes=30, but windows of 60 minutes are open in s3://"):
        stream.run(spark, scene.arguments(window_minutes=30))
    last = scene.folder / "stream/batches/batch-0000000001.json"
    kept = last.read_text()
    last.unlink()
    with pytest.raises(DataError, match=r"batch-0000000001.json is missing, though s3://.* goes on with batch 2: "):
        stream.run(spark, scene.arguments())
    last.write_text(kept)
    shutil.rmtree(scene.folder / "stream/checkpoint")
    with pytest.raises(DataError, match=r"batch-0000000000.json is of the query .* the checkpoint was replaced"):
        stream.run(spark, scene.arguments())
    assert not (scene.folder / "report.json").exists()


def test_a_folder_that_is_not_there(spark, scene):
    with pytest.raises(DataError, match=r"^s3://.*/nowhere: no files can be read there \(.*PATH_NOT_FOUND"):
        stream.run(spark, scene.arguments(events_uri=f"{scene.uri}/nowhere"))


def test_a_run_that_is_alive_keeps_others_out_and_a_dead_one_does_not(spark, scene):
    lease, beat = scene.folder / "stream/lease.json", scene.folder / "stream/lease-beat"
    lease.parent.mkdir()
    lease.write_text(Lease(holder="other", run_id="scheduled-1", since="2026-11-21T10:00:00+00:00").to_json())
    beating = threading.Timer(0.2, beat.touch)
    beating.start()
    message = r"lease.json is held by the run scheduled-1 since 2026-11-21T10:00:00\+00:00, which is alive: one run"
    with pytest.raises(DataError, match=message):
        stream.run(spark, scene.arguments(lease_seconds=2))
    beating.join()
    assert lease.exists()
    stream.run(spark, scene.arguments(files_per_batch=0))
    assert not lease.exists()
    assert not beat.exists()


def test_a_run_that_was_thought_dead_does_nothing_more(spark, scene, monkeypatch):
    lease = scene.folder / "stream/lease.json"
    other = Lease(holder="other", run_id="scheduled-2", since="2026-11-21T10:00:00+00:00")
    tally = batches_module.tally

    def taken_over(judged):
        lease.with_name(".lease.json.crc").unlink()
        lease.write_text(other.to_json())
        return tally(judged)

    monkeypatch.setattr(batches_module, "tally", taken_over)
    with pytest.raises(DataError, match=r"held by the run scheduled-2 since .*: it took the stream over"):
        stream.run(spark, scene.arguments(files_per_batch=0, lease_seconds=30))
    assert scene.batches() == []
    assert Lease.from_json(lease.read_text(), "lease") == other


def long_run(spark, scene, act, *, batches=4, **values):
    """A run that takes what comes, told to end by `act` when it has done what was there."""

    def when_done():
        deadline = time.monotonic() + 60
        while len(scene.batches()) < batches and time.monotonic() < deadline:
            time.sleep(0.05)
        act()

    acting = threading.Thread(target=when_done)
    acting.start()
    settings = {"trigger": "processing_time", "interval_seconds": 0.2, "files_per_batch": 1, "run_minutes": 1.5}
    report = stream.run(spark, scene.arguments(**{**settings, **values}))
    acting.join()
    return report


@pytest.mark.parametrize("how", ["marker", "sigterm"])
def test_a_long_run_ends_when_told_to_and_goes_on_from_there(spark, scene, monkeypatch, how):
    monkeypatch.setattr(stopping.Stopping.__init__, "__kwdefaults__", {"look_seconds": 0.1})
    marker = scene.folder / "stream/stop"
    act = {"marker": marker.touch, "sigterm": lambda: os.kill(os.getpid(), signal.SIGTERM)}[how]
    handler = signal.getsignal(signal.SIGTERM)
    report = long_run(spark, scene, act)
    assert report.ended == {"marker": f"told to by {scene.stream.stop}", "sigterm": "told to by SIGTERM"}[how]
    assert not marker.exists()
    assert signal.getsignal(signal.SIGTERM) is handler
    scene.check(spark)
    assert stream.run(spark, scene.arguments()).batches == 0


def test_a_long_run_may_have_an_end_of_its_own(spark, scene):
    report = long_run(spark, scene, lambda: None, batches=1, run_minutes=0.05, files_per_batch=0)
    assert report.ended == "after 0.05 minutes, as it was to"
    assert report.counts.events == 160


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"events_uri": ""}, "--events_uri is empty; the source 'files' needs a folder"),
        ({"source": "kinesis"}, "the source 'kinesis' needs both"),
        (
            {"source": "kinesis", "kinesis_stream": "clicks", "kinesis_endpoint": "https://kinesis"},
            "--trigger=available_now: the Kinesis connector does not support it; use processing_time",
        ),
    ],
)
def test_values_that_do_not_fit_each_other(spark, scene, values, message):
    with pytest.raises(ArgumentError, match=message):
        stream.run(spark, scene.arguments(**values))


KINESIS = {
    "source": "kinesis",
    "kinesis_stream": "clicks",
    "kinesis_endpoint": "https://kinesis.eu-central-1.amazonaws.com",
    "trigger": "processing_time",
}


def test_kinesis_is_read_by_the_connectors_own_options(scene):
    """https://github.com/awslabs/spark-sql-kinesis-connector, Kinesis Source Configuration."""
    options = {
        "kinesis.streamName": "clicks",
        "kinesis.endpointUrl": "https://kinesis.eu-central-1.amazonaws.com",
        "kinesis.startingPosition": "TRIM_HORIZON",
        "kinesis.consumerType": "GetRecords",
        "kinesis.failOnDataLoss": "true",
    }
    assert kinesis_options(scene.arguments(**KINESIS)) == options
    fan_out = {"kinesis_consumer": "SubscribeToShard", "kinesis_region": "eu-central-1", "kinesis_start": "LATEST"}
    assert kinesis_options(scene.arguments(**KINESIS, **fan_out)) == {
        **options,
        "kinesis.startingPosition": "LATEST",
        "kinesis.consumerType": "SubscribeToShard",
        "kinesis.consumerName": "penstock-clicks",
        "kinesis.region": "eu-central-1",
    }


def test_without_the_connector_it_is_said_where_it_is(spark, scene):
    message = r"^kinesis:clicks: .*aws-kinesis.* EMR has the connector from 7.1.0 on; .*spark.jars: file:///usr/share"
    with pytest.raises(DataError, match=message):
        stream.run(spark, scene.arguments(**KINESIS))
