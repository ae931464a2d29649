import os
import shutil
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from penstock.jobs import ALL_JOBS
from penstock.layout import Code
from tools.bundle import NOTEBOOKS, PACKAGES, build_bundle, upload
from tools.settings import REPOSITORY

CODE = Code("s3://lake/code/abc")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for package in (*PACKAGES, NOTEBOOKS):
        shutil.copytree(REPOSITORY / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client(
            "s3", region_name="us-east-1", aws_access_key_id="anyone", aws_secret_access_key="anything"
        )
        client.create_bucket(Bucket="lake")
        yield client


def test_equal_code_gives_equal_bytes_wherever_and_whenever_it_lies(checkout: Path) -> None:
    for path in checkout.rglob("*.py"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
        path.chmod(0o600)
    (checkout / "spark_jobs" / "__pycache__").mkdir()
    (checkout / "spark_jobs" / "__pycache__" / "stray.py").write_text("")
    here, there = build_bundle(REPOSITORY), build_bundle(checkout)
    assert here.files == there.files
    assert here.sha == there.sha


def test_one_changed_character_changes_the_address(checkout: Path) -> None:
    before = build_bundle(checkout).sha
    script = checkout / ALL_JOBS[0].script
    script.write_text(script.read_text() + "#")
    assert build_bundle(checkout).sha != before


def test_the_zip_is_sorted_and_carries_no_time_and_no_special_permissions() -> None:
    entries = zipfile.ZipFile(BytesIO(build_bundle(REPOSITORY).jobs_zip)).infolist()
    assert [each.filename for each in entries] == sorted(each.filename for each in entries)
    assert {(each.date_time, each.external_attr >> 16) for each in entries} == {((1980, 1, 1, 0, 0, 0), 0o100644)}


def test_every_job_has_its_script_and_every_notebook_its_file_beside_the_zip(s3: Any) -> None:
    built = build_bundle(REPOSITORY)
    assert upload(s3, built, CODE)
    keys = {each["Key"] for each in s3.list_objects_v2(Bucket="lake")["Contents"]}
    notebook = "code/abc/notebooks/explore_run.ipynb"
    assert keys == {"code/abc/jobs.zip", notebook, *(f"code/abc/{job.script}" for job in ALL_JOBS)}
    assert s3.get_object(Bucket="lake", Key="code/abc/jobs.zip")["Body"].read() == built.jobs_zip


def test_what_is_there_is_not_uploaded_again(s3: Any) -> None:
    built = build_bundle(REPOSITORY)
    s3.put_object(Bucket="lake", Key="code/abc/jobs.zip.partial", Body=b"")
    assert upload(s3, built, CODE)
    assert not upload(s3, built, CODE)
