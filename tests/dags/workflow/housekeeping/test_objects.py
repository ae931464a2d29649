"""Folders and removal on moto's S3."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.s3 import S3Hook

from penstock.errors import PenstockError
from workflow.housekeeping.objects import discard_folder, folders, older, remove


@pytest.fixture
def s3(aws: dict[str, Any]) -> Any:
    S3Hook(**aws).create_bucket("bucket")
    return S3Hook(**aws).get_conn()


def put(s3: Any, *keys: str) -> None:
    for key in keys:
        s3.put_object(Bucket="bucket", Key=key, Body=key.encode())


def keys(s3: Any) -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket="bucket")
    return [each["Key"] for page in pages for each in page.get("Contents", [])]


def test_folders_are_counted_and_what_lies_above_is_not_told(s3: Any) -> None:
    put(s3, "p/runs/d/r1/a", "p/runs/d/r1/b/c", "p/runs/d/r10/a", "p/runs/d/stray", "p/runs2/d/r1/a")
    found = folders(s3, "s3://bucket/p/runs", depth=2)
    assert [(each.uri, each.objects, each.bytes) for each in found] == [
        ("s3://bucket/p/runs/d/r1", 2, len("p/runs/d/r1/a") + len("p/runs/d/r1/b/c")),
        ("s3://bucket/p/runs/d/r10", 1, len("p/runs/d/r10/a")),
    ]
    assert datetime.now(UTC) - found[0].newest < timedelta(minutes=1)


def test_a_folder_goes_and_its_neighbour_stays(s3: Any) -> None:
    put(s3, "runs/d/r1/a", "runs/d/r1/b/c", "runs/d/r10/a")
    discard_folder(s3, "s3://bucket/runs/d/r1")
    assert keys(s3) == ["runs/d/r10/a"]


def test_a_root_without_a_prefix_has_folders_too(s3: Any) -> None:
    put(s3, "logs/j-1/a")
    assert [each.uri for each in folders(s3, "s3://bucket/logs/", depth=1)] == ["s3://bucket/logs/j-1"]


def test_thousands_go_a_thousand_at_a_time_and_the_last_one_last(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put(s3, *(f"f/{number:04d}" for number in range(1_001)))
    batches: list[list[str]] = []
    original = s3.delete_objects

    def record(**request: Any) -> Any:
        batches.append([each["Key"] for each in request["Delete"]["Objects"]])
        return original(**request)

    monkeypatch.setattr(s3, "delete_objects", record)
    discard_folder(s3, "s3://bucket/f", last="0000")
    assert [len(batch) for batch in batches] == [1_000, 1]
    assert batches[1] == ["f/0000"]
    assert keys(s3) == []


def test_only_what_is_older_is_told(s3: Any) -> None:
    put(s3, "logs/j-1/a", "logs/j-2/b")
    now = datetime.now(UTC)
    assert older(s3, "s3://bucket/logs", now - timedelta(days=1)) == ([], 0)
    assert older(s3, "s3://bucket/logs", now + timedelta(days=1)) == (["logs/j-1/a", "logs/j-2/b"], 20)


def test_nothing_outside_of_the_location_is_removed(s3: Any) -> None:
    put(s3, "models/m/1/a", "runs/d/r1/a")
    with pytest.raises(PenstockError, match=r"s3://bucket/models/m/1/a does not lie below s3://bucket/runs"):
        remove(s3, "s3://bucket/runs", ["runs/d/r1/a", "models/m/1/a"])
    assert keys(s3) == ["models/m/1/a", "runs/d/r1/a"]


def test_what_s3_refuses_is_named(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """S3 answers 200 and lists the refused keys; moto refuses none."""
    refused = {"Errors": [{"Key": "f/a", "Code": "AccessDenied", "Message": "Access Denied"}]}
    monkeypatch.setattr(s3, "delete_objects", lambda **_: refused)
    with pytest.raises(PenstockError) as caught:
        remove(s3, "s3://bucket/f", ["f/a", "f/b"])
    assert str(caught.value) == "s3://bucket/f/a could not be removed: AccessDenied: Access Denied (1 of 2 objects)"
